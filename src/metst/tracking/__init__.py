"""Runs logged to wandb, where that is asked for: curves while they train, results at the end."""

from metst.tracking.tracker import Tracker, track

__all__ = ["Tracker", "track"]
