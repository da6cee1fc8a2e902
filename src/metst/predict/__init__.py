"""New videos: any file or folder in, intervals with emotions out."""

from metst.predict.analysis import Analysis, Interval, analyze, analyze_with
from metst.predict.model import DEMONSTRATION, About, Model, export_model, load_model

__all__ = [
    "DEMONSTRATION",
    "About",
    "Analysis",
    "Interval",
    "Model",
    "analyze",
    "analyze_with",
    "export_model",
    "load_model",
]
