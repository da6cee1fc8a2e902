"""Predictions tables, scores, and the pooled results of a run."""

from metst.metrics.scores import Scores
from metst.protocols.labeled import COLUMNS
from metst.results.analysis import analysis
from metst.results.annotations import read_annotations, write_annotations
from metst.results.compare import Comparison, PairedScore, compare
from metst.results.evaluation import check_same_annotations, compare_tables, evaluate
from metst.results.evaluator import evaluator_report
from metst.results.megc import write_megc
from metst.results.outcomes import outcomes
from metst.results.pair import Pair, read_pair
from metst.results.pooling import PUBLISHED, pool, write_results
from metst.results.rows import PredictionsError
from metst.results.tables import read_predictions, write_predictions

__all__ = [
    "COLUMNS",
    "PUBLISHED",
    "Comparison",
    "Pair",
    "PairedScore",
    "PredictionsError",
    "Scores",
    "analysis",
    "check_same_annotations",
    "compare",
    "compare_tables",
    "evaluate",
    "evaluator_report",
    "outcomes",
    "pool",
    "read_annotations",
    "read_pair",
    "read_predictions",
    "write_annotations",
    "write_megc",
    "write_predictions",
    "write_results",
]
