"""`metst check casme3`, `metst check --config FILE`: what is wrong or odd in a data set."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jsonargparse import ArgumentParser, Namespace

from metst.base.errors import ConfigError, DataError
from metst.base.executors import usable_cores
from metst.cli._data import Words, data_of_file, data_settings, sort_words
from metst.datasets.base import DataSet, EmotionCount, VideoFolder
from metst.datasets.check.images import Depth
from metst.datasets.check.lint import check
from metst.datasets.labels.findings import Finding
from metst.datasets.registry import dataset
from metst.features.faces import face_findings
from metst.features.settings import make_source, source_of
from metst.features.source import Source
from metst.runner.arguments import parse

FaceCheck = Callable[[Sequence[VideoFolder]], Iterator[Finding]]


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
    emotions: EmotionCount = 4


def run(arguments: Sequence[str]) -> int:
    """Print the findings; the exit code is 1 with warnings and 2 with errors."""
    words = sort_words(arguments)
    options = parse(_parser(), words.others)
    checked = _of_experiment(words, options) if words.files else _of_name(options)
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
        emotions=checked.emotions,
    )
    text = json.dumps(report.to_json(), indent=1) if options.json else "\n".join(report.lines())
    sys.stdout.write(text + "\n")
    return report.exit_code


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="metst check", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("name", type=str, nargs="?", default="", help="casme3, sammlv, demo, ...")
    parser.add_argument("--config", type=str, help="an experiment instead; --data.KEY overrides it")
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
    return parser


def _of_experiment(words: Words, options: Namespace) -> _Checked:
    """The data set of an experiment, of whatever data module."""
    if options.name:
        msg = f"expected a name or --config, got {options.name!r} and {words.files[0]}"
        raise ConfigError(msg)
    source = source_of(data_settings(words))
    root = options.labels_only or options.root or source.root
    return _checked(source, root, source.dataset.how_to_get)


def _of_name(options: Namespace) -> _Checked:
    """A data set by its name; `experiments/<name>.yaml` may add to it."""
    known = dataset(options.name)
    path = Path("experiments", f"{known.name}.yaml")
    missing = (
        "README explains how to request it. Give --root DIR if it is elsewhere, or try the demo: "
        "metst demo, metst check demo"
    )
    root = options.labels_only or options.root
    if path.is_file():
        source = make_source(known, data_of_file(path))
        return _checked(source, root or source.root, missing)
    if root is None:
        msg = f"no {path} here names the data set; give --root DIR, or --config EXPERIMENT"
        raise ConfigError(msg)
    return _Checked(known, root, missing)


def _checked(source: Source, root: Path, missing: str) -> _Checked:
    """With frames without a face, as extraction found them, where something was extracted."""
    spec, timebase = source.feature.spec, source.dataset.timebase
    faces = partial(face_findings, store=source.store, spec=spec, timebase=timebase)
    return _Checked(
        source.dataset,
        root,
        missing,
        source.suppress,
        faces if source.store.folder.is_dir() else None,
        source.emotion_count,
    )
