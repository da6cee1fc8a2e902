"""What each fold was computed with: beside configuration and data, its results depend on it.

A fold that goes on with something else - a job put back on another node, an update in between -
ends with weights that an undisturbed one would not have. That is allowed, with a warning: on other
machines last digits differ, with other code anything may.
"""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metst.base.errors import MetstError
from metst.base.files import read_json, write_atomic
from metst.base.settings import changes
from metst.results.ledger import FoldFolder
from metst.runner.environment import describe_code

_log = logging.getLogger(__name__)

CODE = ("metst", "code", "own")
"""Parts of an environment's description that anything may depend on: `describe_code`."""

MACHINE = ("packages", "cpu", "threads", "gpu", "scan.name")
"""Parts that last digits depend on."""

Environment = dict[str, Any]
"""What `metst.runner.environment.describe` gives."""


def note(fold: FoldFolder, now: Environment, *, resumed: bool) -> None:
    """Write what a fold is computed with; warns when a resumed one was begun with other.

    Args:
        fold: the fold.
        now: what `metst.runner.environment.describe` gives.
        resumed: whether it goes on from a checkpoint.
    """
    before = noted(fold) if resumed else []
    code = _differing(before[-1], now, CODE) if before else {}
    machine = _differing(before[-1], now, MACHINE) if before else {}
    if code:
        _log.warning(
            "fold %s was begun with other code (%s changed since) and goes on with this: begin the "
            "run anew with --fresh unless the change is of no effect",
            fold.path.name,
            ", ".join(_names(code)),
        )
    if machine:
        _log.warning(
            "fold %s was begun with something else (%s): its last digits may differ from those of "
            "a fold that was never interrupted",
            fold.path.name,
            ", ".join(f"{name}: {change}" for name, change in machine.items()),
        )
    if code or machine or not before:
        write_atomic(fold.environment, json.dumps([*before, now], indent=2).encode())


def noted(fold: FoldFolder) -> list[Environment]:
    """What a fold was computed with, one after the other; empty where that is not known."""
    try:
        known: list[Environment] = read_json(fold.environment)
    except FileNotFoundError:
        return []
    except MetstError as error:
        _log.warning("%s; what the fold was begun with is not known", error)
        return []
    return known


def changed_code(folds: Sequence[FoldFolder], settings: object) -> list[str]:
    """Modules that have changed since the folds were trained, as far as that is known."""
    now = describe_code(settings)
    changed = [_differing(known, now, CODE) for fold in folds for known in noted(fold)]
    return _names(name for one in changed for name in one)


def warn_changed(name: str, changed: Sequence[str]) -> None:
    """Warn of results that a run keeps from before the code changed; see `changed_code`."""
    if changed:
        _log.warning(
            "%s: nothing was run, but the code has changed since (%s): these are results of the "
            "code before",
            name,
            ", ".join(changed),
        )


def mixed_code(environment: Environment) -> list[str]:
    """Modules that are not the same in all folds; of what `of_run` gives."""
    others = environment.get("other", {}).values()
    return _names(name for other in others for name in other if _part_of(name, CODE))


def of_run(folds: Sequence[FoldFolder]) -> Environment | None:
    """What the first of the folds began with, and under `other` where folds differ from that.

    None where it is not known. Warns when a fold differs.
    """
    known = [(fold.path.name, one) for fold in folds for one in noted(fold)]
    if not known:
        return None
    leader, common = known[0]
    other: dict[str, dict[str, str]] = {}
    for name, one in known:
        if differing := _differing(common, one, (*CODE, *MACHINE)):
            other.setdefault(name, {}).update(differing)
    _warn_other(leader, other, len(folds))
    return {**common, "other": other} if other else common


def _warn_other(leader: str, other: Mapping[str, Mapping[str, str]], folds: int) -> None:
    """Warn of folds that were computed on another machine, and of those with other code."""
    machine = [[n for n in one if _part_of(n, MACHINE)] for one in other.values()]
    code = [[n for n in one if _part_of(n, CODE)] for one in other.values()]
    if names := dict.fromkeys(name for one in machine for name in one):
        _log.warning(
            "%d of %d folds were computed with something else than fold %s (%s); last digits "
            "depend on it",
            *(sum(map(bool, machine)), folds, leader, ", ".join(names)),
        )
    if modules := _names(name for one in code for name in one):
        _log.warning(
            "%d of %d folds were trained with OTHER CODE than fold %s (%s): together they are not "
            "one experiment; begin anew with --fresh",
            *(sum(map(bool, code)), folds, leader, ", ".join(modules)),
        )


def _differing(one: Environment, other: Environment, parts: Sequence[str]) -> dict[str, str]:
    """Changes of some parts, by name; of modules only where both sides know theirs."""
    known = [part for part in parts if part != "own" or ("own" in one and "own" in other)]
    return {
        name: f"{before} -> {after}"
        for name, (before, after) in changes(one, other).items()
        if _part_of(name, known)
    }


def _part_of(name: str, parts: Sequence[str]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def _names(changed: Iterable[str]) -> list[str]:
    """Modules by their names; metst, whose version and digest change together, once."""
    own = (name.removeprefix("own.") if name.startswith("own.") else "metst" for name in changed)
    return list(dict.fromkeys(own))
