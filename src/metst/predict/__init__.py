"""New videos: any file or folder in, intervals with emotions out."""

from metst.predict.analysis import Analysis, Interval
from metst.predict.analyzing import analyze, analyze_with
from metst.predict.exported import export_model
from metst.predict.loading import DEMONSTRATION, load_model
from metst.predict.model import About, Model
from metst.predict.released import Assumptions
from metst.predict.spotters import SpotterModel

__all__ = [
    "DEMONSTRATION",
    "About",
    "Analysis",
    "Assumptions",
    "Interval",
    "Model",
    "SpotterModel",
    "analyze",
    "analyze_with",
    "export_model",
    "load_model",
]
