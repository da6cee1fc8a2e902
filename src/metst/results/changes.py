"""Whether two configurations of a run can give other numbers."""

import yaml

from metst.base.settings import changes

NOT_COMPARED = (
    "executor.kind",
    "executor.workers",
    "executor.scheduler",
    "loso.runs",
    "data.suppress",
    "wandb.mode",
    "wandb.project",
    "wandb.entity",
    "wandb.tags",
    "wandb.folds",
)
"""Settings that change no number, so that a run may be continued under other values."""


def difference(old: str, new: str) -> str:
    """Changed settings as lines `key: old -> new`; empty when no number can differ."""
    changed = changes(yaml.safe_load(old), yaml.safe_load(new))
    return "\n".join(
        f"  {name}: {before} -> {after}"
        for name, (before, after) in changed.items()
        if name not in NOT_COMPARED
    )
