"""Beyond one number: intervals of confidence, sweeps, errors of timing, and false positives."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metst.datasets.labels.records import Recording
from metst.scoring.metrics.counts import Counts
from metst.scoring.metrics.scores import Scores
from metst.scoring.outcomes import count_outcomes, outcomes
from metst.scoring.protocols.protocol import Protocol, select

HEADLINES: dict[str, Callable[[Scores], float]] = {
    "f1": lambda scores: scores.f1,
    "uf1": lambda scores: scores.recognition.uf1,
    "uar": lambda scores: scores.recognition.uar,
    "strs": lambda scores: scores.strs,
}
"""The scores that are compared: F1 of spotting, UF1 and UAR of recognition, and STRS."""

IOU_STEPS = tuple(step / 10 for step in range(1, 10))

_POINTS = 50
"""At most so many points of a precision-recall curve are drawn; its area is of all."""

_MINUTE = 60.0  # seconds


def confidence(
    runs: Sequence[Mapping[str, Counts]],
    scoring: Protocol,
    *,
    scores: Mapping[str, Callable[[Scores], float]] = HEADLINES,
    repeats: int = 2000,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, dict[str, float | None]]:
    """Intervals of confidence by drawing subjects with replacement (percentile bootstrap).

    Subjects are drawn, not MEs: those of one face are not independent. Draws in which a score is
    undefined are left out of its interval.

    Args:
        runs: counts of each subject; of several runs of the same folds (seeds), the same subjects
            are drawn in all and the mean of their scores counts.
        scoring: how scores follow from counts.
        scores: what is computed.
        repeats: number of draws.
        level: of confidence.
        seed: of the draws.

    Returns:
        Score -> `low`, `high`, and `undefined`, the share of draws without a value.
    """
    generator = np.random.default_rng(seed)
    subjects = list(runs[0])
    share = np.full(len(subjects), 1 / len(subjects))
    draws = generator.multinomial(len(subjects), share, size=repeats)  # (repeats, subjects)
    # Of few subjects, many draws are equal: each is scored once.
    distinct, places = np.unique(draws, axis=0, return_inverse=True)
    values = {name: np.empty((len(runs), repeats)) for name in scores}
    for run, counts in enumerate(runs):
        table = np.stack([counts[s].numbers() for s in subjects])  # (subjects, numbers)
        drawn = [scoring.scores_of(total) for total in distinct @ table]
        for name, score in scores.items():
            each = np.array([score(scored) for scored in drawn])  # (distinct,)
            values[name][run] = each[places.reshape(-1)]
    edges = [(1 - level) / 2, (1 + level) / 2]
    return {name: _interval(v.mean(axis=0), edges) for name, v in values.items()}


def iou_sweep(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    scoring: Protocol,
    synergy: str,
    steps: Sequence[float] = IOU_STEPS,
) -> list[dict[str, float]]:
    """Spotting scores over the least overlap that counts as a find."""
    points = []
    for iou in steps:
        scores = replace(scoring, iou=iou).evaluate(predictions, recordings, synergy)
        points.append({"iou": iou, **_spotting(scores)})
    return points


def precision_recall(
    predictions: pd.DataFrame, recordings: Sequence[Recording], scoring: Protocol, synergy: str
) -> dict[str, Any]:
    """Spotting over the height a peak needs, and the average precision.

    The table holds peaks above the threshold of their video; only heights above it can be judged,
    so recall ends where that threshold left it. AP = sum over rising recall of
    (R_i - R_{i-1}) * max of the precisions from R_i on.

    Returns:
        `curve`: points with `height`, `precision`, `recall`, `f1` from the highest peak down; `ap`.
    """
    chosen = select(predictions, scoring.table, synergy)
    nothing = scoring.counts(chosen[:0], recordings, synergy)  # above all peaks
    total = scoring.pooled(nothing.values()).counts.numbers()
    curve = []
    each = _steps(chosen, recordings, scoring, synergy, nothing)
    for height, steps in groupby(each, itemgetter(0)):
        total = total + sum(change for _, change in steps)
        curve.append({"height": height, **_spotting(scoring.scores_of(total))})
    drawn = np.linspace(0, len(curve) - 1, min(len(curve), _POINTS)).astype(int)
    return {"curve": [curve[i] for i in drawn], "ap": _average_precision(curve)}


def _steps(
    chosen: pd.DataFrame,
    recordings: Sequence[Recording],
    scoring: Protocol,
    synergy: str,
    nothing: Mapping[str, Counts],
) -> list[tuple[float, NDArray[np.int64]]]:
    """How the counts change at each height of a peak, from the highest down.

    A subject is judged anew only at its own heights: the peaks of others change nothing there. Its
    counts above all of them are those in `nothing`.
    """
    steps = []
    for name, rows in chosen.groupby("subject", sort=False):
        subject = str(name)
        own = [r for r in recordings if r.subject == subject]
        before = nothing[subject].numbers()
        for height in np.unique(rows["score"].to_numpy(dtype=float))[::-1].tolist():
            high = rows[rows["score"] >= height]
            counts = scoring.counts(high, own, synergy)[subject].numbers()
            steps.append((height, counts - before))
            before = counts
    return sorted(steps, key=lambda step: -step[0])


def timing(table: pd.DataFrame) -> dict[str, dict[str, float] | None]:
    """Errors of onset, apex and offset of the finds of an `outcomes` table, in milliseconds.

    `bias` is the mean (late is positive), `mae` the mean and `median` the median absolute error;
    None without any find.
    """
    errors: dict[str, dict[str, float] | None] = {}
    for part in ("onset", "apex", "offset"):
        values = table[f"{part}_error_ms"].dropna().to_numpy(dtype=float)
        errors[part] = (
            {
                "bias": float(values.mean()),
                "mae": float(np.abs(values).mean()),
                "median": float(np.median(np.abs(values))),
            }
            if len(values)
            else None
        )
    return errors


def false_positives(table: pd.DataFrame, recordings: Sequence[Recording]) -> dict[str, Any]:
    """How often an `outcomes` table is wrong, and over what.

    Returns:
        `minutes` of video and `per_minute` false positives, None where a length is not known, and
        `over` (see `count_outcomes`).
    """
    known = all(r.frames and r.timebase.fps for r in recordings)
    seconds = sum(r.frames / r.timebase.sampled_fps for r in recordings) if known else 0.0
    minutes = seconds / _MINUTE if known else None
    over = count_outcomes(table)
    wrong = sum(over["false"].values())
    return {"minutes": minutes, "per_minute": wrong / minutes if minutes else None, "over": over}


def analysis(
    predictions: pd.DataFrame, recordings: Sequence[Recording], scoring: Protocol, synergy: str
) -> dict[str, Any]:
    """Everything of this module for one strategy, as plain values for JSON."""
    table = outcomes(predictions, recordings, synergy, scoring.iou)
    return {
        "confidence": confidence([scoring.counts(predictions, recordings, synergy)], scoring),
        "iou": iou_sweep(predictions, recordings, scoring, synergy),
        "precision_recall": precision_recall(predictions, recordings, scoring, synergy),
        "timing": timing(table),
        "false_positives": false_positives(table, recordings),
    }


def _spotting(scores: Scores) -> dict[str, float]:
    return {"precision": scores.precision, "recall": scores.recall, "f1": scores.f1}


def _average_precision(curve: Sequence[Mapping[str, float]]) -> float:
    """Area under the precision that is reached at a recall or a greater one."""
    points = sorted((p["recall"], p["precision"]) for p in curve)
    area = best = 0.0
    for index in range(len(points) - 1, -1, -1):
        recall, precision = points[index]
        best = max(best, precision)
        area += (recall - (points[index - 1][0] if index else 0.0)) * best
    return area


def _interval(values: NDArray[np.float64], edges: list[float]) -> dict[str, Any]:
    defined = values[~np.isnan(values)]
    undefined = 1 - len(defined) / len(values)
    if not len(defined):
        return {"low": None, "high": None, "undefined": undefined}
    low, high = np.quantile(defined, edges).tolist()
    return {"low": low, "high": high, "undefined": undefined}
