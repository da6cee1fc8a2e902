"""Label tables of CAS(ME)^3, part A (also the layout of the demo data).

The micro-expressions come from a table with the columns Subject, Filename, Onset, Apex, Offset and
emotion; macro-expressions and blinks from a second file, where there is one: a sheet with an
`Expression type` column and a sheet with Subject, Filename, Onset and Offset alone.
"""

from collections.abc import Sequence
from pathlib import Path

from metst.base.errors import LabelError
from metst.datasets.labels.annotations import Annotations
from metst.datasets.labels.choice import choose
from metst.datasets.labels.contradictions import contradictions
from metst.datasets.labels.emotions import Emotions, kind_of
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Expression, Kind
from metst.datasets.labels.tables import Row, Table, find_tables, unknown_type

ME_FILE = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
FULL_FILE = "CAS(ME)3_part_A_v2.xls"
"""Names under which the data set is published."""

_NAMES = ("subject", "filename")
_SPAN = (*_NAMES, "onset", "offset")
_NUMBERS = ("onset", "apex", "offset")
_TYPE = "expression type"


def read_casme3(folder: Path, emotions: Emotions) -> Annotations:
    """Read the label tables of CAS(ME)^3.

    A file with the published name is taken first; otherwise the one that has the columns, whatever
    its name, format (xls, xlsx or CSV) or sheet. Where the two files disagree about a
    micro-expression, the numbers of the table with emotions count.

    Args:
        folder: holds the label files, directly or one folder down.
        emotions: classes of the micro-expressions; those that it leaves out are not read.

    Raises:
        LabelError: no table of micro-expressions, or several files that could be it.
    """
    tables, findings = find_tables(folder, _SPAN)
    typed = [t for t in tables if _TYPE in t.columns]
    plain = [t for t in tables if "emotion" in t.columns and _TYPE not in t.columns]
    full = choose(typed, FULL_FILE, _NAMES)
    me = choose(plain, ME_FILE, _NAMES)
    if me is None and full is not None and "emotion" in full.columns:
        me = full
    if me is None:
        raise LabelError(folder, _missing(findings))
    unnamed = [t for t in tables if _is_blinks(t)]
    blinks = choose(unnamed, full.path.name if full else FULL_FILE, _NAMES)
    return _annotations(me, full, blinks, findings, emotions)


def _annotations(
    me: Table,
    full: Table | None,
    blinks: Table | None,
    findings: list[Finding],
    emotions: Emotions,
) -> Annotations:
    tables: dict[Kind, Table] = {"micro": me}
    tables |= {"macro": full} if full else {}
    tables |= {"blink": blinks} if blinks else {}
    expressions = tuple(
        _expression(row, kind, emotions)
        for kind, table in tables.items()
        for row in table.named_rows(_NAMES)
        if (_TYPE not in table.columns or kind_of(row.text(_TYPE)) == kind)
        and not (kind == "micro" and emotions.leaves_out(row.text("emotion")))
    )
    for table in {table.sheet_key: table for table in tables.values()}.values():
        findings += table.problems(_NAMES, _NUMBERS, ("emotion", _TYPE))
    if full is not None:
        findings += _unknown_types(full)
    if full is not None and full is not me:
        micro = [row for row in full.named_rows(_NAMES) if kind_of(row.text(_TYPE)) == "micro"]
        findings += contradictions(me, me.named_rows(_NAMES), full, micro)
    files = {kind: table.path for kind, table in tables.items()}
    return Annotations("casme3", expressions, len(me.named_rows(_NAMES)), files, tuple(findings))


def _expression(row: Row, kind: Kind, emotions: Emotions) -> Expression:
    """Expression of a row; a missing onset or offset becomes 0, the tables' own mark for it."""
    label = row.text("emotion")
    return Expression(
        subject=row.text("subject"),
        video=row.text("filename"),
        onset=row.integer("onset") or 0,
        apex=row.integer("apex"),
        offset=row.integer("offset") or 0,
        kind=kind,
        emotion=emotions.class_of(label) if kind == "micro" else None,
        label=label,
        row=row.number,
    )


def _is_blinks(table: Table) -> bool:
    return not {"apex", "emotion", _TYPE} & set(table.columns)


def _unknown_types(full: Table) -> list[Finding]:
    return [
        unknown_type(full.path, row, _TYPE, row.text("subject"), row.text("filename"))
        for row in full.named_rows(_NAMES)
        if kind_of(row.text(_TYPE)) is None
    ]


def _missing(findings: Sequence[Finding]) -> str:
    unread = "".join(f" (could not read {f.path.name})" for f in findings if f.path is not None)
    return (
        "no table with the columns Subject, Filename, Onset, Offset and emotion; expected "
        f"{ME_FILE}, or the same columns under any name{unread}"
    )
