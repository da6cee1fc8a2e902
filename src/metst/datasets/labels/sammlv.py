"""Label tables of SAMM Long Videos: intervals in one, emotions of the micro-expressions in another.

Both tables stand below a preamble whose length varies between releases, so their header rows are
found by name.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from metst.base.errors import LabelError
from metst.datasets.labels.annotations import Annotations
from metst.datasets.labels.choice import choose
from metst.datasets.labels.emotions import Emotions, kind_of
from metst.datasets.labels.findings import Finding, about
from metst.datasets.labels.records import Expression, Kind
from metst.datasets.labels.tables import Row, Table, about_row, find_tables, unknown_type

LONG_FILE = "SAMM_LongVideos_V3_Release.xlsx"
FACS_FILE = "SAMM_Micro_FACS_Codes_v2.xlsx"
"""Names under which the data set is published."""

_INTERVALS = ("filename", "onset", "offset", "type")
_EMOTIONS = ("filename", "micro", "estimated emotion")
_NUMBERS = ("onset", "apex", "offset")

Key = tuple[str, Kind | None]
"""File name and kind: what the two tables are joined by."""


def read_sammlv(folder: Path, emotions: Emotions) -> Annotations:
    """Read and join the label tables of SAMM Long Videos.

    A micro-expression gets the emotion that the FACS table names for the same file name and type;
    without one its emotion is None and there is a finding. Subjects are the text before the first
    `_` of the file name, leading zeros kept. Rows of another type than micro or macro are findings
    and nothing else.

    Args:
        folder: holds both files, directly or one folder down.
        emotions: classes of the micro-expressions; those that it leaves out are not read.

    Raises:
        LabelError: one of the tables is missing, or several files could be it.
    """
    intervals, unread = find_tables(folder, _INTERVALS)
    named, _ = find_tables(folder, _EMOTIONS)
    long = _choose(folder, intervals, LONG_FILE, "Filename, Onset, Offset and Type", "type")
    facs = _choose(folder, named, FACS_FILE, "Filename, Micro and Estimated Emotion", "micro")
    labels, findings = _labels(facs)
    rows = long.named_rows(("filename",))
    expressions = [e for row in rows if (e := _expression(row, labels, emotions)) is not None]
    message = "the FACS table names no emotion for this file name and type"
    findings = [
        *(*unread, *long.problems(("filename",), _NUMBERS, ("type",)), *findings),
        *(about(e, "no-emotion", message, long.path) for e in expressions if _unnamed(e)),
        *_unknown_types(long, rows, "type"),
    ]
    return Annotations(
        "sammlv",
        tuple(sorted(expressions, key=lambda e: e.kind != "micro")),  # stable: row order stays
        len(rows),
        {"micro": long.path, "macro": long.path},
        tuple(findings),
    )


def _labels(facs: Table) -> tuple[dict[Key, Row], list[Finding]]:
    """Rows of the FACS table by what they are joined by, and what is odd about them."""
    labels: dict[Key, Row] = {}
    findings = facs.problems(("filename",), (), ("micro", "estimated emotion"))
    rows = facs.named_rows(("filename",))
    for row in rows:
        earlier = labels.get(_key(row, "micro"), row)
        if earlier.text("estimated emotion") != row.text("estimated emotion"):
            message = (
                f"the emotion is {row.text('estimated emotion')!r} here and "
                f"{earlier.text('estimated emotion')!r} in row {earlier.number}; this row counts"
            )
            names = _names(row)
            findings.append(about_row(facs.path, row, "tables-contradict", message, *names))
        labels[_key(row, "micro")] = row
    return labels, [*findings, *_unknown_types(facs, rows, "micro")]


def _expression(row: Row, labels: dict[Key, Row], emotions: Emotions) -> Expression | None:
    """Expression of a row that is one; a missing onset or offset becomes 0, an apex of -1 none."""
    key = _key(row, "type")
    kind = key[1]
    if kind is None:
        return None
    facs = labels.get(key) if kind == "micro" else None
    label = facs.text("estimated emotion") if facs else ""
    if emotions.leaves_out(label):
        return None
    apex = row.integer("apex")
    subject, video = _names(row)
    return Expression(
        subject=subject,
        video=video,
        onset=row.integer("onset") or 0,
        apex=None if apex == -1 else apex,
        offset=row.integer("offset") or 0,
        kind=kind,
        emotion=emotions.class_of(label),
        label=label,
        row=row.number,
    )


def _names(row: Row) -> tuple[str, str]:
    """Subject and video of a file name: `006_1_2` is of subject 006 and video 006_1."""
    parts = row.text("filename").split("_")
    return parts[0], "_".join(parts[:2])


def _key(row: Row, column: str) -> Key:
    return row.text("filename"), kind_of(row.text(column))


def _unknown_types(table: Table, rows: Sequence[Row], column: str) -> Iterator[Finding]:
    for row in rows:
        if kind_of(row.text(column)) is None:
            yield unknown_type(table.path, row, column, *_names(row))


def _unnamed(expression: Expression) -> bool:
    return expression.kind == "micro" and not expression.label


def _choose(
    folder: Path, tables: Sequence[Table], published: str, columns: str, kind: str
) -> Table:
    table = choose(tables, published, ("filename", kind))
    if table is None:
        msg = f"no table with the columns {columns}; expected {published}"
        raise LabelError(folder, msg)
    return table
