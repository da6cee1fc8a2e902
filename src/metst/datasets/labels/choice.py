"""Which of several tables counts: one file, all of its sheets that are parts of one table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from metst.base.errors import LabelError
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.sheets import TEXT_SUFFIXES
from metst.datasets.labels.tables import Row, Table

SAME_IOU = 0.5
"""Two rows of a video whose frames overlap this much mean one expression (MEGC's rule)."""

Numbers = tuple[int, int]


def choose(tables: Sequence[Table], published: str, names: Sequence[str]) -> Table | None:
    """The table of the file with the published name, else of the only file that fits.

    Spreadsheets come before CSV files. The sheets of the file are joined; a hidden sheet, and one
    that repeats or contradicts rows of an earlier one, is left out. What is not read is in
    `Table.ignored`.

    Args:
        tables: those with the right columns.
        published: name of the file as it is published.
        names: columns that name the video.

    Raises:
        LabelError: several files fit and none has the published name.
    """
    named = [t for t in tables if t.path.name.casefold() == published.casefold()]
    books = [t for t in tables if t.path.suffix.lower() not in TEXT_SUFFIXES]
    found = named or books or list(tables)
    if not found:
        return None
    paths = sorted({t.path for t in found})
    if len(paths) > 1:
        listed = ", ".join(path.name for path in paths)
        msg = f"several label files fit ({listed}); keep one, or name it {published}"
        raise LabelError(paths[0].parent, msg)
    message = f"has the same columns as {paths[0].name} and is not read"
    others = sorted({t.path for t in tables} - set(paths))
    ignored = [Finding("ignored-table", message, path) for path in others]
    return _joined(found, names, ignored)


def overlap(a: Numbers, b: Numbers) -> float:
    """Intersection over union of two intervals, both ends inclusive; 0 where one is reversed."""
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    union = a[1] - a[0] + b[1] - b[0] + 2 - shared
    return shared / union if shared > 0 and a[0] <= a[1] and b[0] <= b[1] else 0.0


def _joined(sheets: Sequence[Table], names: Sequence[str], ignored: list[Finding]) -> Table:
    """The visible sheets as one table; hidden ones count where nothing else is there."""
    visible = [t for t in sheets if not t.hidden and t.rows] or sheets
    first, *others = visible
    rows, columns, repeated = list(first.rows), list(first.columns), dict(first.repeated or {})
    for table in others:
        clash = _clash(rows, table.rows, names)
        if clash is None:
            rows += table.rows
            columns += [c for c in table.columns if c not in columns]
            repeated |= table.repeated or {}
        else:
            ignored.append(_ignored(table, f"it repeats or contradicts another sheet: {clash}"))
    ignored += [
        _ignored(t, "it is hidden; unhide it if it counts, or delete it")
        for t in sheets
        if t.rows and t not in visible
    ]
    return replace(
        first,
        columns=tuple(columns),
        rows=tuple(rows),
        repeated=repeated,
        ignored=tuple(ignored),
    )


def _ignored(table: Table, reason: str) -> Finding:
    rows = "1 row" if len(table.rows) == 1 else f"{len(table.rows)} rows"
    message = f"sheet {table.sheet!r} with {rows} is not read: {reason}"
    return Finding("ignored-sheet", message, table.path)


def _clash(rows: Sequence[Row], others: Sequence[Row], names: Sequence[str]) -> str | None:
    """The first row of a sheet that means the same expression as one of `rows`, with both."""
    known: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        known[_key(row, names)].append(row)
    for row in others:
        for other in known[_key(row, names)]:
            if _same(row, other):
                return f"{_words(row, names)}, {_words(other, names)}"
    return None


def _key(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.text(name).casefold() for name in names)


def _same(a: Row, b: Row) -> bool:
    """Whether two rows of one name mean the same expression; by the name alone without numbers."""
    (on, off), (other_on, other_off) = _span(a), _span(b)
    if on is None or off is None or other_on is None or other_off is None:
        return (on, off) == (other_on, other_off)
    return (on, off) == (other_on, other_off) or (
        overlap((on, off), (other_on, other_off)) >= SAME_IOU
    )


def _span(row: Row) -> tuple[int | None, int | None]:
    return row.integer("onset"), row.integer("offset")


def _words(row: Row, names: Sequence[str]) -> str:
    name = "/".join(row.text(n) for n in names)
    on, off = _span(row)
    return f"{row.sheet} row {row.number} ({name} {on}-{off})"
