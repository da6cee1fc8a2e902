"""Recognition alone: the emotions that a system gives to the annotated intervals.

ME-TST, table II, compares recognizers so. Every micro-expression counts, found or not.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from metst.datasets.labels.records import Recording
from metst.intervals.predictions import ANNOTATED
from metst.scoring.protocols.protocol import Protocol

KEEPS_ALL = "spotting_first"
"""A strategy that withdraws nothing."""


def recognition_of_annotated(
    predictions: pd.DataFrame, recordings: Sequence[Recording], scoring: Protocol
) -> dict[str, Any] | None:
    """Scores of recognition over the annotated intervals, as plain values.

    Args:
        predictions: of one system.
        recordings: that were tested.
        scoring: the rules; its decoder's rows are judged.

    Returns:
        `named`, the number of intervals, and the recognition's scores; None where the table holds
        no such rows.
    """
    rows = predictions[predictions["variant"] == f"{scoring.table}/{ANNOTATED}"]
    if rows.empty or not scoring.emotions:
        return None
    scores = scoring.evaluate(rows.assign(variant=""), recordings, KEEPS_ALL).as_dict()
    return {"named": len(rows), **scores["recognition"]}
