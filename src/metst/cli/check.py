"""`metst check casme3`, `metst check --config FILE`: what is wrong or odd in a data set."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast

import yaml
from jsonargparse import ArgumentParser, Namespace

from metst.base.errors import ConfigError, DataError
from metst.base.executors import usable_cores
from metst.datasets.check import CheckedData, Depth, VideoFolder, check, data_set_of
from metst.datasets.check.datasets import DataSet, dataset
from metst.datasets.labels.findings import Finding
from metst.features.cache import FlowCache, FlowSpec
from metst.features.faces import face_findings
from metst.features.roi_flow import flow_spec
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.video.face import LandmarkDetector

FaceCheck = Callable[[Sequence[VideoFolder]], Iterator[Finding]]


class ExperimentData(CheckedData, Protocol):
    """What an experiment knows beside the data set itself."""

    k: int
    cache: FlowCache
    suppress: list[str] | None
    detector: LandmarkDetector | None
    how_to_get: str


@dataclass(frozen=True)
class _Checked:
    """A data set, and what an experiment's settings add; nothing where there is no such file.

    Attributes:
        missing: what to do where the data set is not there.
    """

    facts: DataSet
    root: Path
    missing: str
    suppress: Sequence[str] = ()
    faces: FaceCheck | None = None


def run(arguments: Sequence[str]) -> int:
    """Print the findings; the exit code is 1 with warnings and 2 with errors."""
    of_experiment = any(word.split("=")[0] == "--config" for word in arguments)
    parser = experiment_parser("metst check") if of_experiment else _parser()
    _add_options(parser)
    options = parse(parser, arguments)
    checked = _of_experiment(parser, options) if of_experiment else _of_name(options)
    if not checked.root.is_dir():
        msg = f"{checked.facts.name} is expected here and is missing; {checked.missing}"
        raise DataError(checked.root, msg)
    report = check(
        checked.facts,
        checked.root,
        labels_only=options.labels_only is not None,
        images=options.images,
        suppress=[*checked.suppress, *options.suppress],
        workers=options.workers or usable_cores(),
        faces=checked.faces,
    )
    text = json.dumps(report.to_json(), indent=1) if options.json else "\n".join(report.lines())
    sys.stdout.write(text + "\n")
    return report.exit_code


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="metst check", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("name", type=str, nargs="?", default="", help="casme3, sammlv or demo")
    return parser


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--root", type=Path | None, help="folder of the data set")
    parser.add_argument(
        "--labels_only", "--labels-only", type=Path | None, help="folder of label tables, alone"
    )
    parser.add_argument("--json", action="store_true", help="everything, for programs")
    parser.add_argument(
        "--suppress",
        nargs="+",
        default=[],
        help="findings not to show: CODE, CODE@SUBJECT, CODE@SUBJECT/VIDEO[:ONSET]",
    )
    parser.add_argument(
        "--images",
        type=Depth,
        default="ends",
        help="of image files, look at names, first and last bytes, or every pixel",
    )
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: one per core")


def _of_experiment(parser: ArgumentParser, options: Namespace) -> _Checked:
    """The data set of an experiment, of whatever data module."""
    data = cast(ExperimentData, build(parser, options).data)
    data.root = options.labels_only or options.root or data.root
    spec = flow_spec(data.k, data.detector)
    faces = _faces(data.cache.folder, spec, data_set_of(data))
    return _Checked(data_set_of(data), data.root, data.how_to_get, data.suppress or (), faces)


def _of_name(options: Namespace) -> _Checked:
    """A data set by its name; `experiments/<name>.yaml` may add to it."""
    facts = dataset(options.name)
    path = Path("experiments", f"{facts.name}.yaml")
    data = _data_of(path) if path.is_file() else {}
    root = options.labels_only or options.root or data.get("root")
    if root is None:
        msg = f"no {path} here names the data set; give --root DIR, or --config EXPERIMENT"
        raise ConfigError(msg)
    missing = (
        "README explains how to request it. Give --root DIR if it is elsewhere, or try the demo: "
        "metst demo, metst check demo"
    )
    if not data:
        return _Checked(facts, Path(root), missing)
    faces = _faces(data["cache"] / facts.name, flow_spec(data["k"]), facts)
    return _Checked(facts, Path(root), missing, data["suppress"], faces)


def _data_of(path: Path) -> dict[str, Any]:
    """Root, cache, k and suppressions of an experiment."""
    try:
        text = path.read_text(encoding="utf-8")
        data: dict[str, Any] = yaml.safe_load(text)["data"]["init_args"]
        return {
            "root": Path(data["root"]),
            "cache": Path(data["cache"]),
            "k": int(data["k"]),
            "suppress": data.get("suppress") or (),
        }
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        msg = f"{path}: expected the experiment's data with root, cache and k, found none: {error}"
        raise ConfigError(msg) from error


def _faces(cache: Path, spec: FlowSpec, facts: DataSet) -> FaceCheck | None:
    """Frames without a face, as extraction found them; None where nothing was extracted."""
    if not cache.is_dir():
        return None
    return partial(face_findings, cache=FlowCache(cache), spec=spec, timebase=facts.timebase)
