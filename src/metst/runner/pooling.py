"""From the folds' outputs and predictions to results: what the runner and rescoring share."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from metst.base.errors import ConfigError, MetstError
from metst.intervals.stitching import Outputs
from metst.runner.config import Experiment
from metst.runner.divergence import MEND
from metst.samples.data import FoldData, Judge


def judging_callback(experiment: Experiment) -> Judge:
    """The callback that scores; asked for before hours of training, not after.

    Raises:
        ConfigError: there is none, or several.
    """
    judges = [callback for callback in experiment.callbacks if isinstance(callback, Judge)]
    if len(judges) != 1:
        msg = (
            f"callbacks: expected one that scores, such as "
            f"callbacks.spot_then_recognize.SpotThenRecognize, got {len(judges)}"
        )
        raise ConfigError(msg)
    return judges[0]


def fold_outputs(tensors: Mapping[str, Tensor], data: FoldData) -> Outputs:
    """Window outputs of the left-out subject, from `score` (N, k) and `logits` (N, k, E + 1).

    Raises:
        MetstError: they are not all finite numbers.
    """
    for name in ("score", "logits"):
        if not torch.isfinite(tensors[name]).all():
            msg = f"{name} of the network is not finite; {MEND} and begin anew with --fresh"
            raise MetstError(msg)
    windows, recordings = data.windows_per_recording(), data.test_recordings()
    return Outputs(tensors["score"], tensors["logits"], windows, recordings, data.k)


def pooled(
    predictions: pd.DataFrame, subjects: Sequence[str], data: FoldData, judge: Judge
) -> dict[str, Any]:
    """Contents of `results.json` over the folds of `subjects`."""
    judged = [r for r in data.recordings() if r.subject in subjects]
    results = judge.evaluate(predictions, judged, data.analyzed)
    demanded = data.subjects()
    return {**results, "complete": len(subjects) == len(demanded), "demanded": len(demanded)}
