"""Recognition alone: the emotions that a system gives to the annotated intervals.

ME-TST, table II, compares recognizers so. Every micro-expression counts, found or not.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from metst.datasets.labels.records import Recording
from metst.intervals.predictions import ANNOTATED
from metst.scoring.metrics.counts import Counts
from metst.scoring.protocols.protocol import Protocol

KEEPS_ALL = "spotting_first"
"""A strategy that withdraws nothing."""


def annotated_counts(
    predictions: pd.DataFrame, recordings: Sequence[Recording], scoring: Protocol
) -> dict[str, Counts] | None:
    """Counts of every subject whose annotated intervals were named.

    Args:
        predictions: of one system.
        recordings: that were tested.
        scoring: the rules; its decoder's rows are judged.

    Returns:
        Their recognition alone means anything; None where the table holds no such rows.
    """
    rows = predictions[predictions["variant"] == f"{scoring.table}/{ANNOTATED}"]
    if rows.empty or not scoring.emotions:
        return None
    return scoring.counts(rows.assign(variant=""), recordings, KEEPS_ALL)


def recognition_of_annotated(
    predictions: pd.DataFrame, recordings: Sequence[Recording], scoring: Protocol
) -> dict[str, Any] | None:
    """Recognition over all annotated intervals, as plain values; see `annotated_counts`.

    Returns:
        `named`, the number of intervals, and the recognition's scores.
    """
    counts = annotated_counts(predictions, recordings, scoring)
    if counts is None:
        return None
    scores = scoring.pooled(counts.values())
    named = int(scores.counts.tp + scores.counts.fp)
    return {"named": named, **scores.as_dict()["recognition"]}
