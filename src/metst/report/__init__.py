"""Pictures of what a network saw and said."""

from metst.report.timeline import Timeline, save_timeline

__all__ = ["Timeline", "save_timeline"]
