"""Tables for a terminal: every column is readable where it is 80 columns wide."""

from collections.abc import Iterable, Sequence

from rich.table import Table

NARROW = 80
"""Columns of the terminal that tables are laid out for."""


def grid(title: str = "", caption: str | None = None) -> Table:
    """An empty table without space beside the lines between its columns."""
    return Table(
        title=title or None,
        caption=caption,
        title_justify="left",
        caption_justify="left",
        padding=0,
    )


def table_of(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table of texts, numbers to the right of the first column; what is too wide is folded."""
    table = grid(title)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
