"""Predictions tables, scores, and the pooled results of a run."""

from metst.metrics.scores import Scores
from metst.protocols.labeled import COLUMNS
from metst.results.pooling import PUBLISHED, pool, write_results
from metst.results.tables import (
    PredictionsError,
    read_predictions,
    write_predictions,
)

__all__ = [
    "COLUMNS",
    "PUBLISHED",
    "PredictionsError",
    "Scores",
    "pool",
    "read_predictions",
    "write_predictions",
    "write_results",
]
