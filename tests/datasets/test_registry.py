"""Data sets by name and by the class path of their data module."""

from importlib import import_module
from pathlib import Path

import pytest
import yaml

from metst.base.errors import ConfigError
from metst.base.files import read_text
from metst.datasets.registry import DATASETS, dataset, of_module


def test_each_name_has_its_data_set() -> None:
    names = ("casme3", "sammlv", "casme2", "demo", "heads", "heads-dev", "heads-200")
    assert [dataset(name).name for name in names] == list(DATASETS)
    with pytest.raises(ConfigError, match="known are casme3, sammlv, casme2, demo"):
        dataset("casme")


@pytest.mark.parametrize("name", DATASETS)
def test_data_modules_are_known_without_their_import(name: str) -> None:
    experiment = yaml.safe_load(read_text(Path(f"experiments/{name}.yaml"), "experiment"))
    path, settings = experiment["data"]["class_path"], experiment["data"]["init_args"]
    module, _, attribute = path.rpartition(".")
    known = of_module(path)
    assert known is not None
    assert known is getattr(import_module(module), attribute).dataset
    assert known.configured(settings).name == name


def test_any_other_class_is_not_known() -> None:
    assert of_module("tests.support.fourth.FourthDataModule") is None
    assert of_module("datamodules.other.OtherDataModule") is None
