"""The one reader of a finished run: nobody else parses the YAML and JSON of its folder.

What a run needs in order to go on is read by those who wrote it: `metst.results.ledger` and
`metst.runner.environments`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import yaml
from torch import Tensor

from metst.base.errors import DataError
from metst.base.files import read_json
from metst.base.settings import flat
from metst.datasets.labels.records import Recording
from metst.datasets.registry import of_module
from metst.intervals.decoder import PEAK
from metst.intervals.proposals import FrameCurves
from metst.results.annotations import read_annotations
from metst.results.checkpoint import require_intact
from metst.results.frame_curves import read_frame_curves
from metst.results.ledger import FoldFolder, RunFolder
from metst.results.outputs import AGAIN, read_outputs
from metst.results.tables import read_predictions
from metst.scoring.annotated import annotated_counts
from metst.scoring.evaluation import tested_of
from metst.scoring.judgment import Judgment
from metst.scoring.metrics.counts import Counts
from metst.scoring.protocols.protocol import Protocol

if TYPE_CHECKING:
    from metst.features.source import Source

_EARLIER = "it was written by an earlier version: run the experiment again, or use that version"

ANNOTATED_SPOTTER = "metst.systems.annotated.Annotated"
"""Class path of the spotter that proposes the annotated intervals."""


@dataclass(frozen=True)
class FoldMetrics:
    """What a fold fitted to its training subjects, `strict` rules.

    Attributes:
        k_p: half the mean ME length, in sub-sampled frames.
        floor: least height of a peak in any video; None where it was not fitted.
        peak: where the peak threshold lies between mean and maximum; likewise.
    """

    k_p: int
    floor: float | None
    peak: float | None


@dataclass(frozen=True)
class FoldResult:
    """What a finished fold left; each file is checked against its SHA-256 before it is read."""

    folder: FoldFolder

    @property
    def subject(self) -> str:
        """The subject that was left out."""
        return self.folder.path.name

    @property
    def checkpoint(self) -> Path:
        """The last checkpoint.

        Raises:
            MetstError: it is damaged.
        """
        require_intact(self.folder.checkpoint, AGAIN)
        return self.folder.checkpoint

    @property
    def emotions(self) -> tuple[str, ...]:
        """Classes that its predictions give probabilities of, without neutral; no row is read.

        Raises:
            MetstError: the table is damaged.
        """
        require_intact(self.folder.predictions, AGAIN)
        with self.folder.predictions.open(encoding="utf-8") as file:
            names = file.readline().strip().split(",")
        classes = tuple(name.removeprefix("p_") for name in names if name.startswith("p_"))
        return classes[:-1]

    @property
    def outputs(self) -> dict[str, Tensor]:
        """See `metst.results.outputs.read_outputs`."""
        return read_outputs(self.folder)

    @property
    def curves(self) -> FrameCurves | None:
        """Curves of the `strict` decoder over the fold's videos; None of a system without any.

        Raises:
            MetstError: they are damaged.
        """
        path = self.folder.frame_curves
        if not path.is_file():
            return None
        require_intact(path, AGAIN)
        return read_frame_curves(path)

    @property
    def metrics(self) -> FoldMetrics:
        """What was fitted to the training subjects.

        Raises:
            MetstError: the file is missing or damaged.
        """
        path = self.folder.metrics
        if not path.is_file():
            raise DataError(path, f"expected the scores of a finished fold, found nothing; {AGAIN}")
        require_intact(path, AGAIN)
        try:
            strict = read_json(path)["strict"]
            return FoldMetrics(int(strict["k_p"]), strict.get("floor"), strict.get("peak"))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(path, f"expected the k_p of a fold; {AGAIN}") from error


class Run:
    """A run folder. Each file is read when first asked for, once.

    Every property raises `DataError` where its file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = RunFolder(path)

    @property
    def name(self) -> str:
        """Name of the run folder."""
        return self.path.resolve().name

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """The experiment as nested plain values."""
        path = _found(self.folder.config)
        try:
            config = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError) as error:
            raise DataError(path, "expected the settings of a run; it is damaged") from error
        if not isinstance(config, dict) or not isinstance(config.get("data"), dict):
            raise DataError(path, "expected the settings of a run; it is damaged")
        if not isinstance(config.get("evaluation"), dict):
            raise DataError(path, f"expected a group `evaluation`, found none: {_EARLIER}")
        return config

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """The experiment's settings under their dotted names."""
        return dict(flat(self.config))

    def arguments(self, group: str) -> Mapping[str, Any]:
        """Arguments of the class that a group of the configuration names: `data` or `model`."""
        return cast(Mapping[str, Any], self.config[group].get("init_args") or {})

    @property
    def data_set(self) -> str:
        """Name of the data set; of one that is not ours, that of the module that describes it."""
        path = str(self.settings["data.class_path"])
        known = of_module(path)
        return (
            known.configured(self.config["data"]["init_args"]).name
            if known
            else path.split(".")[-2]
        )

    @cached_property
    def results(self) -> Mapping[str, Any]:
        """Contents of `results.json`, see `metst.scoring.pooling.pool`."""
        path = _found(self.folder.results)
        results: Mapping[str, Any] = read_json(path)
        if "emotions" not in results:
            raise DataError(path, f"expected the key `emotions`, found none: {_EARLIER}")
        return results

    @property
    def subjects(self) -> tuple[str, ...]:
        """Subjects that the results are about, in the order of the data set."""
        return tuple(self.results["folds"])

    @cached_property
    def environment(self) -> Mapping[str, Any]:
        """What the run was computed with; empty where that was not noted."""
        path = self.folder.environment
        return cast(Mapping[str, Any], read_json(path)) if path.is_file() else {}

    @cached_property
    def identity(self) -> Mapping[str, str]:
        """Digests of the data that the run was begun with; empty where they were not noted."""
        path = self.folder.data
        return cast(Mapping[str, str], read_json(path)) if path.is_file() else {}

    @cached_property
    def recordings(self) -> tuple[Recording, ...]:
        """Recordings of the whole data set, also of subjects whose fold is not done."""
        return read_annotations(_found(self.folder.annotations))

    @property
    def tested(self) -> list[Recording]:
        """Recordings of the subjects that the results are about."""
        return tested_of(self.recordings, self.subjects)

    @cached_property
    def predictions(self) -> pd.DataFrame:
        """Predictions of the folds that the results are about; every protocol and strategy."""
        return read_predictions(_found(self.folder.predictions), self.tested)

    @cached_property
    def data(self) -> "Source | str":
        """See `metst.results.data.data_of`."""
        from metst.results.data import data_of  # features and samples: most runs are read without

        return data_of(self.config["data"], self.identity, self.path)

    @cached_property
    def judgment(self) -> Judgment:
        """How the run was judged: its group `evaluation`, completed as its results were."""
        settings, results = self.config["evaluation"], self.results
        return Judgment(
            tuple(results["emotions"]),
            tuple(results["protocols"]["strict"]["analyzed"]),
            results["strategy"],
            settings["iou"],
            settings["kind"],
        )

    def averaging(self, emotions: Sequence[str]) -> "Run":
        """The same run, judged with these emotions averaged; a run that names none is as before."""
        again = Run(self.path)
        if self.judgment.emotions:
            again.judgment = replace(self.judgment, analyzed=tuple(emotions))
        return again

    @property
    def peak(self) -> float:
        """Where the peak threshold lies between mean and maximum of the smoothed score."""
        peak: float = self.arguments("model").get("peak", PEAK)
        return peak

    def protocol(self, name: str) -> Protocol:
        """The rules of a protocol, as they judged this run."""
        return self.judgment.protocol(name)

    def counts(self, protocol: str, variant: str) -> Mapping[str, Counts]:
        """Counts of every subject that the results are about."""
        tables = self.judgment.of_kind(self.predictions, self.tested)
        return self.protocol(protocol).counts(*tables, variant)

    @property
    def spots(self) -> bool:
        """Whether its intervals were found by somebody; else they are the annotated ones."""
        spotter = self.arguments("model").get("spotter") or {}
        return spotter.get("class_path") != ANNOTATED_SPOTTER

    def annotated_counts(self, protocol: str) -> Mapping[str, Counts] | None:
        """See `metst.scoring.annotated.annotated_counts`."""
        tables = self.judgment.of_kind(self.predictions, self.tested)
        return annotated_counts(*tables, self.protocol(protocol))

    @cached_property
    def folds(self) -> tuple[FoldResult, ...]:
        """The folds that are done, in the order of their names; of an unfinished run, too."""
        each = (self.fold(path.name) for path in sorted(self.path.glob("folds/*")))
        return tuple(fold for fold in each if fold.folder.done)

    def fold(self, subject: str) -> FoldResult:
        """What the fold that leaves out a subject left."""
        return FoldResult(self.folder.fold(subject))


def open_run(path: Path, *, results: bool = False) -> Run:
    """The run in a folder.

    Args:
        path: run folder.
        results: whether there must be results and the tables they follow from.

    Raises:
        DataError: the folder is none of a run, or its folds are not pooled yet.
    """
    run = Run(path)
    files = run.folder
    if not files.config.is_file():
        msg = f"expected the folder of a run, with {files.config.name}; `metst loso` makes one"
        raise DataError(path, msg)
    for file in (files.results, files.predictions, files.annotations) if results else ():
        _found(file)
    return run


def _found(path: Path) -> Path:
    """The path of a file that a run has.

    Raises:
        DataError: the file is not there.
    """
    if not path.is_file():
        raise DataError(path, "expected here, in the folder of a run; `metst loso` writes it")
    return path
