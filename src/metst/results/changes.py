"""Whether two configurations of a run can give other numbers."""

from collections.abc import Mapping
from typing import Any

from metst.base.settings import changes

NOT_COMPARED = (
    "executor.kind",
    "executor.workers",
    "executor.scheduler",
    "loso.runs",
    "loso.tensorboard",
    "data.suppress",
    "wandb.mode",
    "wandb.project",
    "wandb.entity",
    "wandb.tags",
)
"""Settings that change no number, so that a run may be continued under other values."""


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Changed settings as lines `key: old -> new`; empty when no number can differ."""
    changed = changes(old, new)
    return "\n".join(
        f"  {name}: {before} -> {after}"
        for name, (before, after) in changed.items()
        if name not in NOT_COMPARED
    )
