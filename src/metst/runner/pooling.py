"""From the folds' predictions to results: what the runner and rescoring share."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import pandas as pd

from metst.base.errors import ConfigError
from metst.runner.config import Experiment
from metst.samples.data import FoldData
from metst.scoring.judgment import Judgment


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
        "complete": len(subjects) == len(demanded),
        "demanded": len(demanded),
    }
