"""The data that a finished run was trained on, where they are still here."""

import logging
from argparse import ArgumentError
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from jsonargparse import ArgumentParser

from metst.base.errors import MetstError
from metst.samples.data import FoldData

if TYPE_CHECKING:
    from metst.results.run import Run

_log = logging.getLogger(__name__)


@runtime_checkable
class DataSetFiles(Protocol):
    """A data module whose data set lies on disk, with an image file per frame."""

    name: str
    root: Path
    suppress: list[str] | None

    def frames(self, subject: str, video: str) -> list[Path]:
        """Image file of each sub-sampled frame of a video."""


def data_of(run: "Run") -> FoldData | str:
    """The data module of a run, as far as it can be built and still has the data of the run.

    Otherwise the reason why it is not there.
    """
    try:
        data = _data_module(run.config["data"])
        if data.identity() == run.identity:
            return data
        reason = "the data or the cache have changed since the run, or are not here any more"
    except (MetstError, ArgumentError, ValueError) as error:
        reason = str(error).splitlines()[0]
    _log.info("%s: %s", run.path, reason)
    return reason


def _data_module(settings: Mapping[str, Any]) -> FoldData:
    from lightning.pytorch import LightningDataModule

    parser = ArgumentParser(exit_on_error=False, allow_abbrev=False)
    parser.add_subclass_arguments(LightningDataModule, "data")
    made = parser.instantiate(parser.parse_object({"data": dict(settings)}))
    return cast(FoldData, made.data)
