"""What each fold was computed with: beside configuration and data, its last digits depend on it.

A fold that goes on with something else - a job put back on another node, an update in between -
ends with weights that an undisturbed one would not have. That is allowed, and told.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from metst.environment import describe
from metst.errors import MetstError
from metst.files import read_json, write_atomic
from metst.loso.ledger import FoldFolder
from metst.settings import changes

_log = logging.getLogger(__name__)

EXACT = ("metst", "code", "packages", "cpu", "threads", "gpu", "scan.name")
"""Parts of an environment's description that last digits depend on."""

Environment = dict[str, Any]
"""What `metst.environment.describe` gives."""


def note(fold: FoldFolder, device: torch.device, threads: int, *, resumed: bool) -> None:
    """Write down what a fold is computed with; warns when a resumed one was begun with other."""
    now = describe(device, threads)
    before = noted(fold) if resumed else []
    differing = _differing(before[-1], now) if before else {}
    if differing:
        _log.warning(
            "fold %s was begun with something else (%s): its last digits may differ from those of "
            "a fold that was never interrupted",
            fold.path.name,
            ", ".join(f"{name}: {change}" for name, change in differing.items()),
        )
    if differing or not before:
        write_atomic(fold.environment, json.dumps([*before, now], indent=2).encode())


def noted(fold: FoldFolder) -> list[Environment]:
    """What a fold was computed with, one after the other; none where that was not noted."""
    try:
        known: list[Environment] = read_json(fold.environment)
    except FileNotFoundError:
        return []
    except MetstError as error:
        _log.warning("%s; what the fold was begun with is not known", error)
        return []
    return known


def of_run(folds: Sequence[FoldFolder]) -> Environment | None:
    """What the first of the folds began with, and under `other` where folds differ from that.

    None where it was not noted. Warns when a fold differs.
    """
    each = {fold.path.name: noted(fold) for fold in folds}
    all_noted = [(name, one) for name, known in each.items() for one in known]
    if not all_noted:
        return None
    leader, common = all_noted[0]
    other: dict[str, Mapping[str, str]] = {}
    for name, one in all_noted:
        if differing := _differing(common, one):
            other[name] = {**other.get(name, {}), **differing}
    if other:
        _log.warning(
            "%d of %d folds were computed with something else than fold %s (%s); last digits "
            "depend on it",
            len(other),
            len(folds),
            leader,
            ", ".join(dict.fromkeys(name for differing in other.values() for name in differing)),
        )
    return {**common, "other": other} if other else common


def _differing(one: Environment, other: Environment) -> dict[str, str]:
    """Changes of what last digits depend on, by name."""
    return {
        name: f"{before} -> {after}"
        for name, (before, after) in changes(one, other).items()
        if any(name == part or name.startswith(f"{part}.") for part in EXACT)
    }
