"""Sources from the `data` part of an experiment's YAML, without Lightning for our own data sets."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from metst.base.errors import ConfigError
from metst.datasets.base import DataSet
from metst.datasets.registry import of_module
from metst.features.feature import Feature
from metst.features.roi_flow import RoiFlow, method_of
from metst.features.source import Source
from metst.video.detectors import DEFAULT

FLOW_WINDOWS = ("metst.samples.FlowWindows", "metst.samples.flow_windows.FlowWindows")
"""Class paths of the samples that read ROI flow; their import would need torch."""


def source_of(settings: Mapping[str, Any]) -> Source:
    """The source that the data module of these settings has.

    Args:
        settings: `class_path` and `init_args`, plain values. A class that is not one of ours is
            imported, and names its data set in the attribute `dataset`.

    Raises:
        ConfigError: there is no such class, it names no data set, or an argument is missing or
            wrong.
    """
    path, arguments = str(settings.get("class_path")), settings.get("init_args") or {}
    known = of_module(path)
    if known is None:
        known = getattr(class_of(path), "dataset", None)
    if not isinstance(known, DataSet):
        msg = f"data: expected a class with a DataSet in its attribute `dataset`, got {path}"
        raise ConfigError(msg)
    return make_source(known, arguments)


def make_source(dataset: DataSet, arguments: Mapping[str, Any]) -> Source:
    """The source of a data set from the arguments of its data module.

    Raises:
        ConfigError: an argument is missing or wrong.
    """
    try:
        return Source(
            dataset.configured(arguments),
            Path(arguments["root"]),
            Path(arguments["cache"]),
            feature_of(arguments["samples"]),
            suppress=arguments.get("suppress") or (),
            without=arguments.get("without") or (),
            features=arguments.get("features") or "auto",
            emotions=arguments.get("emotions") or 4,
        )
    except KeyError as error:
        msg = f"data: expected root, cache and samples with k, found no {error.args[0]}"
        raise ConfigError(msg) from error
    except (TypeError, ValueError, AttributeError) as error:
        msg = f"data: expected the arguments of a data module, found {dict(arguments)} ({error})"
        raise ConfigError(msg) from error


def feature_of(samples: Mapping[str, Any]) -> Feature:
    """The feature that samples are made from, given their class path and arguments.

    Raises:
        ConfigError: there is no such class.
    """
    arguments = samples.get("init_args") or {}
    detector = arguments.get("detector", DEFAULT)
    if samples["class_path"] in FLOW_WINDOWS and not isinstance(detector, Mapping):
        rois, method = arguments.get("rois") or "me_tst", method_of(arguments)
        return RoiFlow(int(arguments["k"]), rois, detector, method)
    feature: Feature = made(samples).feature
    return feature


def made(settings: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an object of any class
    """The object that a class path and arguments describe, and those among its arguments.

    Raises:
        ConfigError: there is no such class.
    """
    return class_of(settings["class_path"])(**arguments_of(settings))


def arguments_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a class, with the objects that class paths among them describe.

    Raises:
        ConfigError: there is no such class.
    """
    return {
        name: made(value) if isinstance(value, Mapping) and "class_path" in value else value
        for name, value in (settings.get("init_args") or {}).items()
    }


def class_of(path: str) -> Any:  # noqa: ANN401 - any class
    """The class at an import path, `package.module.Class`.

    Raises:
        ConfigError: there is none.
    """
    module, _, name = path.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        msg = f"expected the path of a class, package.module.Class, got {path} ({error})"
        raise ConfigError(msg) from error
