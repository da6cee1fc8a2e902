"""Label tables of SAMM Long Videos: intervals in one, emotions of the micro-expressions in another.

Both tables stand below a preamble whose length varies between releases, so their header rows are
found by name.
"""

from collections.abc import Sequence
from pathlib import Path

from metst.errors import LabelError
from metst.labels.annotations import Annotations
from metst.labels.emotions import SAMMLV, emotion_class
from metst.labels.findings import about
from metst.labels.records import Expression, Kind
from metst.labels.tables import Row, Table, choose, find_tables

LONG_FILE = "SAMM_LongVideos_V3_Release.xlsx"
FACS_FILE = "SAMM_Micro_FACS_Codes_v2.xlsx"
"""Names under which the data set is published."""

_INTERVALS = ("filename", "onset", "offset", "type")
_EMOTIONS = ("filename", "micro", "estimated emotion")


def read_sammlv(folder: Path) -> Annotations:
    """Read and join the label tables of SAMM Long Videos.

    A micro-expression gets the emotion that the FACS table names for the same file name and type;
    without one its emotion is None and there is a finding. Subjects are the text before the first
    `_` of the file name, leading zeros kept.

    Args:
        folder: holds both files, directly or one folder down.

    Raises:
        LabelError: one of the tables is missing, or several files could be it.
    """
    intervals, unread = find_tables(folder, _INTERVALS)
    emotions, _ = find_tables(folder, _EMOTIONS)
    long = _choose(folder, intervals, LONG_FILE, "Filename, Onset, Offset and Type")
    facs = _choose(folder, emotions, FACS_FILE, "Filename, Micro and Estimated Emotion")
    labels = {(row.text("filename"), _kind(row.text("micro"))): row for row in facs.rows}
    rows = long.named_rows(("filename",))
    expressions = [_expression(row, labels) for row in rows]
    findings = [*unread, *long.problems(("filename",), ("onset", "apex", "offset"))]
    message = "the FACS table names no emotion for this file name and type"
    findings += [about(e, "no-emotion", message, long.path) for e in expressions if _unnamed(e)]
    return Annotations(
        "sammlv",
        tuple(sorted(expressions, key=lambda e: e.kind != "micro")),  # stable: row order stays
        len(rows),
        {"micro": long.path, "macro": long.path},
        tuple(findings),
    )


def _expression(row: Row, labels: dict[tuple[str, Kind], Row]) -> Expression:
    """Expression of a row; a missing onset or offset becomes 0, an apex of -1 none."""
    name, kind = row.text("filename"), _kind(row.text("type"))
    facs = labels.get((name, kind)) if kind == "micro" else None
    label = facs.text("estimated emotion") if facs else ""
    apex = row.integer("apex")
    return Expression(
        subject=name.split("_")[0],
        video="_".join(name.split("_")[:2]),
        onset=row.integer("onset") or 0,
        apex=None if apex == -1 else apex,
        offset=row.integer("offset") or 0,
        kind=kind,
        emotion=emotion_class(label, SAMMLV),
        label=label,
        row=row.number,
    )


def _kind(text: str) -> Kind:
    """Kind of a Type cell: `Micro - 1/2` or `Macro`."""
    return "micro" if text.casefold().startswith("micro") else "macro"


def _unnamed(expression: Expression) -> bool:
    return expression.kind == "micro" and not expression.label


def _choose(folder: Path, tables: Sequence[Table], published: str, columns: str) -> Table:
    table = choose(tables, published)
    if table is None:
        msg = f"no table with the columns {columns}; expected {published}"
        raise LabelError(folder, msg)
    return table
