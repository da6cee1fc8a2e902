"""Where the protocols `authors` and `strict` differ, as a table for a terminal."""

from rich.table import Table

from metst.scoring.protocols import DIFFERENCES


def differences() -> Table:
    """One row per rule."""
    table = Table("rule", "authors", "strict", padding=0, show_lines=True)
    for difference in DIFFERENCES:
        table.add_row(difference.rule, difference.authors, difference.strict)
    return table
