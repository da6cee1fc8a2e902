"""Predictions tables made by hand."""

from collections.abc import Iterable

import pandas as pd

from metst.datasets.labels.records import EMOTIONS, NEUTRAL
from metst.intervals.predictions import COLUMNS, predictions_table

SHARES = [f"p_{name}" for name in (*EMOTIONS, NEUTRAL)]


def predicted(rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    """Rows (variant, subject, video, onset, apex, offset, emotion, score), then probabilities."""
    names = [name for name in COLUMNS if name != "kind"] + SHARES
    made = [dict(zip(names, row, strict=False)) for row in rows]
    even = dict.fromkeys(SHARES, 0.2)
    return predictions_table([{**even, "kind": "micro", **row} for row in made], SHARES)
