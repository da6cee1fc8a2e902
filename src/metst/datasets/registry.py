"""The data sets that come with the package, by name."""

import re
from collections.abc import Mapping

from metst.base.errors import ConfigError
from metst.datasets.base import DataSet
from metst.datasets.casme2 import CASME2
from metst.datasets.casme3 import CASME3
from metst.datasets.demo.dataset import DEMO
from metst.datasets.folder.dataset import FOLDER
from metst.datasets.heads.dataset import HEADS, HEADS_200, HEADS_DEV
from metst.datasets.published import Published
from metst.datasets.sammlv import SAMMLV

DATASETS: Mapping[str, DataSet] = {
    d.name: d for d in (CASME3, SAMMLV, CASME2, DEMO, HEADS, HEADS_DEV, HEADS_200)
}

_MODULE = re.compile(r"datamodules\.(\w+)\.\w+DataModule")
"""Class path of a data module of ours, such as `datamodules.casme3.CASME3DataModule`."""


def dataset(name: str) -> DataSet:
    """A data set by name.

    Raises:
        ConfigError: there is no such data set.
    """
    if name not in DATASETS:
        msg = f"unknown data set {name!r}; known are {', '.join(DATASETS)}; others: --config"
        raise ConfigError(msg)
    return DATASETS[name]


def of_module(class_path: str) -> DataSet | None:
    """The data set of a data module of ours, which is not imported; None for any other.

    Settings of the data module may change which it is, see `DataSet.configured`.
    """
    match = _MODULE.fullmatch(class_path)
    return {**DATASETS, "folder": FOLDER}.get(match[1]) if match else None


def published_scores(name: str) -> tuple[Published, ...]:
    """Scores in the publications; none of a data set that is not known."""
    return DATASETS[name].published_scores if name in DATASETS else ()
