"""What a folder seems to hold: the first draft of its description."""

from metst.datasets.folder.guess.draft import WINDOW, Draft, draft_of

__all__ = ["WINDOW", "Draft", "draft_of"]
