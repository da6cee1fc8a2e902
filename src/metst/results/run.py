"""A finished run, read from its folder for the report."""

import json
import logging
from argparse import ArgumentError
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

import pandas as pd
import yaml
from jsonargparse import ArgumentParser
from lightning.pytorch import LightningDataModule

from metst.base.errors import DataError, MetstError
from metst.base.files import read_json
from metst.datasets.labels import Recording
from metst.results import read_annotations, read_predictions
from metst.results.judging import judging
from metst.results.ledger import RunFolder
from metst.samples.data import FoldData
from metst.scoring.evaluation import check_same_annotations, evaluate
from metst.scoring.outcomes import outcomes
from metst.scoring.protocols.scoring import select

_log = logging.getLogger(__name__)


@runtime_checkable
class DataSetFiles(Protocol):
    """A data module whose data set lies on disk, with an image file per frame."""

    name: str
    root: Path
    suppress: list[str] | None

    def frames(self, subject: str, video: str) -> list[Path]:
        """Image file of each sub-sampled frame of a video."""


@dataclass(frozen=True)
class Run:
    """What a run left, and what follows from it.

    Attributes:
        config: the experiment as plain values.
        results: contents of `results.json`.
        evaluation: what `metst.scoring.evaluation.evaluate` returns for the same tables.
        recordings: of the whole data set, also of folds that are not done.
        predictions: of all folds that are done.
        outcomes: what became of the predictions of the main strategy, `strict` rules.
    """

    folder: RunFolder
    config: Mapping[str, Any]
    results: Mapping[str, Any]
    evaluation: Mapping[str, Any]
    recordings: tuple[Recording, ...]
    predictions: pd.DataFrame
    outcomes: pd.DataFrame

    @property
    def name(self) -> str:
        """Name of the run folder."""
        return self.folder.path.resolve().name

    @property
    def emotions(self) -> tuple[str, ...]:
        """Classes that are recognized, without neutral."""
        return tuple(self.results["emotions"])

    @property
    def shown(self) -> pd.DataFrame:
        """Predictions of the main strategy under the `strict` rules."""
        return select(self.predictions, "strict", self.results["strategy"])

    @cached_property
    def outcomes_by_video(self) -> dict[tuple[str, str], list[dict[Any, Any]]]:
        """Rows of `outcomes` by subject and video."""
        groups = self.outcomes.groupby(["subject", "video"])
        return {(str(s), str(v)): rows.to_dict("records") for (s, v), rows in groups}

    @property
    def stale(self) -> bool:
        """Whether the tables were changed after `results.json` was written."""
        again = json.loads(json.dumps({k: self.evaluation[k] for k in ("protocols", "folds")}))
        return any(again[key] != self.results[key] for key in again)

    @cached_property
    def data(self) -> FoldData | str:
        """See `data_of`."""
        return data_of(self.folder)


def data_of(folder: RunFolder) -> FoldData | str:
    """The data module of a run, as far as it can be built and still has the data of the run.

    Otherwise the reason why it is not there.
    """
    try:
        data = _data_module(yaml.safe_load(folder.config.read_text(encoding="utf-8"))["data"])
        known = read_json(folder.data) if folder.data.exists() else {}
        if data.identity() == known:
            return data
        reason = "the data or the cache have changed since the run, or are not here any more"
    except (MetstError, ArgumentError, ValueError) as error:
        reason = str(error).splitlines()[0]
    _log.info("%s: %s", folder.path, reason)
    return reason


def read_run(path: Path) -> Run:
    """Read a run folder.

    Raises:
        DataError: it holds no results.
    """
    folder = RunFolder(path)
    for needed in (folder.results, folder.config, folder.predictions, folder.annotations):
        if not needed.is_file():
            msg = "expected here, in the folder of a run; `metst loso` writes it when folds end"
            raise DataError(needed, msg)
    results = read_json(folder.results)
    config = yaml.safe_load(folder.config.read_text(encoding="utf-8"))
    recordings = read_annotations(folder.annotations)
    tested = [r for r in recordings if r.subject in results["folds"]]
    predictions = read_predictions(folder.predictions, tested)
    strategy, iou = results["strategy"], judging(config)[1]
    evaluation = evaluate(
        predictions,
        tested,
        synergy=strategy,
        iou=iou,
        analyzed=tuple(results["protocols"]["strict"]["analyzed"]) or None,
        emotions=tuple(results["emotions"]),
    )
    table = outcomes(predictions, tested, strategy, iou)
    return Run(folder, config, results, evaluation, recordings, predictions, table)


def check_same_data(runs: Sequence[Run]) -> None:
    """Runs can stand side by side only if they were judged by the same annotations.

    Raises:
        ConfigError: they were not; names what differs.
    """
    sides = [(run.folder.path, run.recordings) for run in runs]
    for other in sides[1:]:
        check_same_annotations(sides[0], other)


def _data_module(settings: Mapping[str, Any]) -> FoldData:
    parser = ArgumentParser(exit_on_error=False, allow_abbrev=False)
    parser.add_subclass_arguments(LightningDataModule, "data")
    made = parser.instantiate(parser.parse_object({"data": dict(settings)}))
    return cast(FoldData, made.data)
