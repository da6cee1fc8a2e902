"""From the folds' predictions to results: what the runner and rescoring share."""

import json
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import pandas as pd

from metst.base.errors import ConfigError
from metst.base.files import write_atomic
from metst.results.annotations import write_annotations
from metst.results.checkpoint import require_intact
from metst.results.ledger import RunFolder
from metst.results.outputs import AGAIN
from metst.results.tables import read_predictions, write_predictions
from metst.runner.config import Experiment
from metst.runner.environments import mixed_code, of_run
from metst.samples.data import FoldData
from metst.scoring.judgment import Judgment
from metst.scoring.pooling import write_results


@runtime_checkable
class Judge(Protocol):
    """A callback that writes the predictions and scores of a fold."""

    def judge_by(self, judgment: Judgment) -> None:
        """Take the rules, before the fold begins."""


def set_judgment(experiment: Experiment) -> Judgment:
    """How the experiment is judged, given to its callback before hours of training.

    Raises:
        ConfigError: no callback writes predictions, or several do.
    """
    judges = [callback for callback in experiment.callbacks if isinstance(callback, Judge)]
    if len(judges) != 1:
        msg = (
            f"callbacks: expected one that writes predictions, such as "
            f"callbacks.spot_then_recognize.SpotThenRecognize, got {len(judges)}"
        )
        raise ConfigError(msg)
    judgment = experiment.judgment
    judges[0].judge_by(judgment)
    return judgment


def pooled(
    predictions: pd.DataFrame, subjects: Sequence[str], data: FoldData, judgment: Judgment
) -> dict[str, Any]:
    """Contents of `results.json` over the folds of `subjects`."""
    tested = [r for r in data.source.recordings() if r.subject in subjects]
    demanded = data.source.subjects()
    return {
        **judgment.results(predictions, tested),
        "emotions": list(judgment.emotions),
        "kind": judgment.kind,
        "complete": len(subjects) == len(demanded),
        "demanded": len(demanded),
    }


def pool_folds(folder: RunFolder, data: FoldData, judgment: Judgment) -> dict[str, Any]:
    """Predictions and results over the folds that are done."""
    done = [s for s in data.source.subjects() if folder.fold(s).done]
    if not done:
        return {}
    for subject in done:
        require_intact(folder.fold(subject).predictions, AGAIN)
    tables = [read_predictions(folder.fold(s).predictions) for s in done]
    predictions = pd.concat(tables, ignore_index=True)
    results = pooled(predictions, done, data, judgment)
    write_annotations(data.source.recordings(), folder.annotations)
    write_predictions(predictions, folder.predictions)
    if environment := of_run([folder.fold(s) for s in done]):
        write_atomic(folder.environment, json.dumps(environment, indent=2).encode())
        if mixed := mixed_code(environment):
            results["mixed_code"] = mixed
    write_results(results, folder.results)
    return results
