"""Nested settings under dotted names, what differs between two of them, and their ranges."""

from collections.abc import Iterator
from typing import Any

from metst.base.errors import ConfigError

ABSENT = "absent"
"""Stands for the value of a setting that one side lacks."""


def flat(tree: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of a configuration under the dotted names used on the command line."""
    items: list[tuple[Any, Any]]
    if isinstance(tree, dict):
        items = list(tree.items())
    elif isinstance(tree, list) and any(isinstance(x, dict) for x in tree):
        items = list(enumerate(tree))
    else:
        yield prefix, tree
        return
    for key, value in items:
        inside = prefix if key == "init_args" else f"{prefix}.{key}" if prefix else str(key)
        yield from flat(value, inside)


def changes(before: object, after: object) -> dict[str, tuple[Any, Any]]:
    """Both values of each leaf that differs, in the order of `before`, then of `after`."""
    old, new = dict(flat(before)), dict(flat(after))
    both = {name: (old.get(name, ABSENT), new.get(name, ABSENT)) for name in {**old, **new}}
    return {name: pair for name, pair in both.items() if pair[0] != pair[1]}


def require(setting: str, value: object, kept: bool, expected: str) -> None:
    """Refuse a value that cannot work, where it arrives.

    Args:
        setting: its dotted name.
        value: what was given.
        kept: whether the value keeps to the rule; a comparison, which NaN never keeps.
        expected: the rule, for the message.

    Raises:
        ConfigError: it does not.
    """
    if not kept:
        msg = f"{setting}: expected {expected}, got {value!r}"
        raise ConfigError(msg)
