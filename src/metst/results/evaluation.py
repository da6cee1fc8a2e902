"""Judging tables from files, and one against another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from metst.labels.records import EMOTIONS, NEUTRAL, Recording
from metst.metrics.counts import Counts
from metst.protocols import SCORINGS, get_scoring
from metst.protocols.scoring import Scoring, select
from metst.results.analysis import analysis, confidence
from metst.results.compare import Comparison, compare
from metst.results.pooling import PUBLISHED, pool


def evaluate(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    *,
    synergy: str = PUBLISHED,
    iou: float = 0.5,
    analyzed: tuple[str, ...] = EMOTIONS,
) -> dict[str, Any]:
    """Everything that can be said about a predictions table, as plain values for JSON.

    Args:
        predictions: of one system; see `read_predictions`.
        recordings: with their annotations; see `read_annotations`.
        synergy: strategy of the main scores and of the analysis.
        iou: least overlap of a find.
        analyzed: emotions whose recognition is averaged.

    Returns:
        What `pool` returns, with `confidence`: protocol -> score -> interval, and `analysis` under
        the `strict` rules (see `metst.results.analysis`). Where only some emotions are analyzed,
        also `consistent`: `strict` scores of spotting and recognition over those alone. (The
        published SAMM-LV scores spot four classes and recognize three.)
    """
    results = pool(predictions, recordings, synergy=synergy, iou=iou, analyzed=analyzed)
    scorings = {name: get_scoring(name, iou=iou, analyzed=analyzed) for name in SCORINGS}
    results["analysis"] = analysis(predictions, recordings, scorings["strict"], synergy)
    results["confidence"] = {
        name: results["analysis"]["confidence"]  # drawn there already
        if name == "strict"
        else confidence([scoring.counts(predictions, recordings, synergy)], scoring)
        for name, scoring in scorings.items()
    }
    if set(analyzed) != set(EMOTIONS):
        only = predictions[predictions["emotion"].isin([*analyzed, NEUTRAL])]
        scores = scorings["strict"].evaluate(only, _only(recordings, analyzed), synergy)
        results["consistent"] = scores.as_dict()
    return results


def compare_tables(
    first: pd.DataFrame,
    second: pd.DataFrame,
    recordings: Sequence[Recording],
    scoring: Scoring,
    *,
    synergy: str = PUBLISHED,
) -> Comparison:
    """Compare two predictions tables subject by subject.

    A subject without any row in a table is a fold that this system lacks: it is not compared, and
    is named in the result.

    Raises:
        MetstError: the tables have no subject in common.
    """
    return compare(
        _held(first, recordings, scoring, synergy),
        _held(second, recordings, scoring, synergy),
        scoring,
    )


def _held(
    table: pd.DataFrame, recordings: Sequence[Recording], scoring: Scoring, synergy: str
) -> Mapping[str, Counts]:
    """Counts of the subjects that a table has rows of."""
    held = set(select(table, scoring.table, synergy)["subject"])
    return scoring.counts(table, [r for r in recordings if r.subject in held], synergy)


def _only(recordings: Sequence[Recording], analyzed: tuple[str, ...]) -> list[Recording]:
    """The same recordings without the micro-expressions of other emotions."""
    return [
        replace(
            r,
            expressions=tuple(
                e for e in r.expressions if e.kind != "micro" or e.emotion in analyzed
            ),
        )
        for r in recordings
    ]
