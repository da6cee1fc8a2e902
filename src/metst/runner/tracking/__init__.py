"""Runs logged to wandb, where that is asked for: curves while they train, results at the end."""

from metst.runner.tracking.tracker import Tracker, track

__all__ = ["Tracker", "track"]
