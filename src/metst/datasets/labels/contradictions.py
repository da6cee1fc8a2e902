"""Micro-expressions about which two label tables disagree, both rows and numbers named."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from metst.datasets.labels.annotations import subject_key
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.tables import Row, Table, about_row

Numbers = tuple[int, ...]

_COLUMNS = ("onset", "apex", "offset")


def contradictions(
    me: Table, rows: Sequence[Row], full: Table, others: Sequence[Row]
) -> Iterator[Finding]:
    """A finding per row of one table that the other writes with other numbers, or lacks.

    Args:
        me: the table whose numbers count, for every protocol.
        rows: its micro-expressions.
        full: the other table.
        others: its micro-expressions.
    """
    left, right = _unequal(rows, others), _unequal(others, rows)
    for video, only in left.items():
        rest = right.pop(video, [])
        for row in only:
            other = min(rest, key=lambda other: _distance(row, other), default=None)
            if other is None:
                yield _alone(me, row, full)
                continue
            rest.remove(other)
            message = (
                f"{_words(row)} here, {_words(other)} in row {other.number} of {full.path.name}; "
                f"`authors` and `strict` take those of {me.path.name}"
            )
            yield _about(me, row, "tables-contradict", message)
        yield from (_alone(full, row, me) for row in rest)
    yield from (_alone(full, row, me) for only in right.values() for row in only)


def _unequal(rows: Sequence[Row], others: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows, by video, whose numbers no row of the other table has; each of those serves once."""
    known: dict[tuple[str, str], list[Numbers]] = defaultdict(list)
    for row in others:
        known[_video(row)].append(_numbers(row))
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if (numbers := _numbers(row)) in known[_video(row)]:
            known[_video(row)].remove(numbers)
        else:
            found[_video(row)].append(row)
    return found


def _video(row: Row) -> tuple[str, str]:
    return subject_key(row.text("subject")).casefold(), row.text("filename").casefold()


def _numbers(row: Row) -> Numbers:
    return tuple(row.integer(name) or 0 for name in _COLUMNS)


def _words(row: Row) -> str:
    return ", ".join(f"{name} {row.text(name) or '(none)'}" for name in _COLUMNS)


def _distance(row: Row, other: Row) -> tuple[int, int]:
    """Small for rows that mean the same expression: few cells that differ, by little."""
    pairs = list(zip(_numbers(row), _numbers(other), strict=True))
    return sum(a != b for a, b in pairs), sum(abs(a - b) for a, b in pairs)


def _alone(table: Table, row: Row, other: Table) -> Finding:
    message = f"{_words(row)}: a micro-expression that {other.path.name} lacks"
    return _about(table, row, "tables-disagree", message)


def _about(table: Table, row: Row, code: str, message: str) -> Finding:
    return about_row(table.path, row, code, message, row.text("subject"), row.text("filename"))
