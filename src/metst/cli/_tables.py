"""Where verbs find a run's tables, and what they print alike."""

import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from metst.results.table import Table

LOG_WIDTH = 120
"""Columns of a table that goes to a file: no name is cut off there."""


def console() -> Console:
    """Standard output, as wide as the terminal or as a table needs.

    Names and paths come from data: brackets and colons in them are no markup.
    """
    plain = partial(Console, markup=False, emoji=False, highlight=False)
    terminal = plain()
    return terminal if terminal.is_terminal else plain(width=LOG_WIDTH)


def print_study(table: "Table") -> None:
    """A table of a study: narrow on a terminal, as Markdown in a file."""
    terminal = console()
    if terminal.is_terminal:
        terminal.print(table.shown())
    else:
        terminal.print(table.markdown(), soft_wrap=True)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """A value as JSON on standard output, and nothing else."""
    Console(soft_wrap=True).out(json.dumps(value, indent=2, allow_nan=False), highlight=False)


def report_damage(damaged: Sequence[str]) -> None:
    """Print what is damaged in a data set and what to do; nothing where nothing is damaged."""
    if not damaged:
        return
    remedy = (
        "Everything else was done. Restore these files and run with --fresh, or accept what was "
        "done instead: --data.suppress '[bad-image, no-features]' (README, Your data)."
    )
    lines = (f"damaged data: {finding}" for finding in damaged)
    console().print("\n".join([*lines, remedy]), style="red", markup=False, soft_wrap=True)
