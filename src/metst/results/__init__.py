"""The files of a run, and whoever reads them: tables, scores, summaries."""

from metst.results.annotations import read_annotations, write_annotations
from metst.results.megc import write_megc
from metst.results.pair import Pair, read_pair
from metst.results.rows import PredictionsError
from metst.results.tables import read_predictions, write_predictions

__all__ = [
    "Pair",
    "PredictionsError",
    "read_annotations",
    "read_pair",
    "read_predictions",
    "write_annotations",
    "write_megc",
    "write_predictions",
]
