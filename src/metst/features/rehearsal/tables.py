"""Label tables of generated data sets, under the published names and with the real columns."""

import io
from collections.abc import Sequence
from pathlib import Path

from metst.base.files import write_atomic
from metst.datasets.labels import Expression, Recording, casme3, sammlv

Cell = str | int | None
Sheet = Sequence[Sequence[Cell]]

_NAMED = ("Subject", "Filename")
_SPAN = ("Onset", "Apex", "Offset")
_UNITS = ("AU", "Objective class")
ME_COLUMNS = (*_NAMED, *_SPAN, *_UNITS, "emotion")
FULL_COLUMNS = (*_NAMED, *_SPAN, *_UNITS, "Expression type")
BLINK_COLUMNS = (*_NAMED, "Onset", "Offset")
LONG_COLUMNS = (
    *_NAMED,
    *("Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type", "Action Units", "Notes"),
)
FACS_COLUMNS = (
    *_NAMED,
    *("Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame", "Duration", "Micro"),
    *("Action Units", "Estimated Emotion", "Objective Classes", "Notes"),
)

PREAMBLES = {"long": 9, "facs": 13}
"""Rows of text above the header of each SAMM table."""

NO_APEX = -1
"""How the tables of SAMM mark an apex that could not be annotated."""


def write_casme3(root: Path, recordings: Sequence[Recording]) -> None:
    """Write the table of MEs, and the one of everything with its sheet of blinks."""
    micro, macro, blinks = (_of_kind(recordings, kind) for kind in ("micro", "macro", "blink"))
    labels = [ME_COLUMNS, *[(*_casme3(e), e.label) for e in micro]]
    typed: list[Sequence[Cell]] = [(*_casme3(e), "Macro-expression") for e in macro]
    typed += [(*_casme3(e), "Micro-expression") for e in micro]
    seen = [(e.subject, e.video, e.onset, e.offset) for e in blinks]
    _write(root / casme3.ME_FILE, {"label": labels})
    # As xlsx, whatever its published name: readers look at the content.
    full = root / casme3.FULL_FILE
    _write(full, {"AU+Emotion": [FULL_COLUMNS, *typed], "eye blink": [BLINK_COLUMNS, *seen]})


def write_sammlv(root: Path, recordings: Sequence[Recording]) -> None:
    """Write the table of intervals, and the one with the emotions of the MEs."""
    long: list[Sequence[Cell]] = []
    facs: list[Sequence[Cell]] = []
    for recording in recordings:
        for number, e in enumerate(recording.expressions, start=1):
            name = f"{e.video}_{number}"
            apex = NO_APEX if e.apex is None else e.apex
            span = (e.onset, apex, e.offset, e.offset - e.onset + 1)
            kind = "Micro - 1/2" if e.kind == "micro" else "Macro"
            long.append((e.subject, name, 1, *span, kind, "4", None))
            if e.kind == "micro":
                facs.append((e.subject, name, 1, *span, kind, "4", e.label, 1, None))
    for file, columns, rows, above in (
        (sammlv.LONG_FILE, LONG_COLUMNS, long, PREAMBLES["long"]),
        (sammlv.FACS_FILE, FACS_COLUMNS, facs, PREAMBLES["facs"]),
    ):
        _write(root / file, {"Sheet1": [*[("SAMM",)] * above, columns, *rows]})


def _of_kind(recordings: Sequence[Recording], kind: str) -> list[Expression]:
    return [e for r in recordings for e in r.expressions if e.kind == kind]


def _casme3(e: Expression) -> tuple[Cell, ...]:
    return e.subject, e.video, e.onset, e.apex, e.offset, "4", "IV"


def _write(path: Path, sheets: dict[str, Sheet]) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomic(path, buffer.getvalue())
