"""`metst check casme3`: what is wrong or odd in a data set, and what is dropped and why."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentParser

from metst.cache import FlowCache
from metst.check import Depth, VideoFolder, check, face_findings
from metst.check.datasets import DataSet, dataset
from metst.errors import ConfigError, DataError
from metst.executors import usable_cores
from metst.labels.findings import Finding
from metst.loso.arguments import parse
from metst.roi_flow import flow_spec

FaceCheck = Callable[[Sequence[VideoFolder]], Iterator[Finding]]


def run(arguments: Sequence[str]) -> int:
    """Tell the findings; the exit code is 1 with warnings and 2 with errors."""
    options = parse(_parser(), arguments)
    facts = dataset(options.name)
    settings = _settings(facts)
    root = options.labels_only or options.root or settings.root
    report = check(
        facts,
        _existing(root, facts),
        labels_only=options.labels_only is not None,
        images=options.images,
        suppress=[*settings.suppress, *options.suppress],
        workers=options.workers or usable_cores(),
        faces=settings.faces,
    )
    text = json.dumps(report.to_json(), indent=1) if options.json else "\n".join(report.lines())
    sys.stdout.write(text + "\n")
    return report.exit_code


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="metst check", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("name", type=str, nargs="?", default="", help="casme3, sammlv or demo")
    parser.add_argument("--root", type=Path | None, help="folder of the data set")
    parser.add_argument(
        "--labels_only", "--labels-only", type=Path | None, help="folder of label tables, alone"
    )
    parser.add_argument("--json", action="store_true", help="everything, for programs")
    parser.add_argument(
        "--suppress",
        nargs="+",
        default=[],
        help="findings not to tell: CODE, CODE@SUBJECT, CODE@SUBJECT/VIDEO[:ONSET]",
    )
    parser.add_argument(
        "--images",
        type=Depth,
        default="ends",
        help="of image files, look at names, first and last bytes, or every pixel",
    )
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: one per core")
    return parser


@dataclass(frozen=True)
class _Settings:
    """What `experiments/<name>.yaml` says about a data set; nothing where there is no such file."""

    root: Path | None = None
    suppress: Sequence[str] = ()
    faces: FaceCheck | None = None


def _settings(facts: DataSet) -> _Settings:
    path = Path("experiments", f"{facts.name}.yaml")
    if not path.is_file():
        return _Settings()
    try:
        data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["data"]["init_args"]
        root, folder, k = Path(data["root"]), Path(data["cache"]) / facts.name, int(data["k"])
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        msg = f"{path}: expected the experiment's data with root, cache and k, found none: {error}"
        raise ConfigError(msg) from error
    suppress = data.get("suppress") or ()
    return _Settings(root, suppress, _faces(folder, k, facts) if folder.is_dir() else None)


def _faces(cache: Path, k: int, facts: DataSet) -> FaceCheck:
    """Frames without a face, as extraction found them."""
    return partial(
        face_findings, cache=FlowCache(cache), spec=flow_spec(k), timebase=facts.timebase
    )


def _existing(root: Path | None, facts: DataSet) -> Path:
    if root is None:
        msg = f"no experiments/{facts.name}.yaml here names the data set; give --root DIR"
        raise ConfigError(msg)
    if not root.is_dir():
        msg = (
            f"{facts.name} is expected here and is missing; README says how to request it. "
            "Give --root DIR if it is elsewhere, or try the demo: metst demo, metst check demo"
        )
        raise DataError(root, msg)
    return root
