"""Label tables of generated data sets, with the sheets and columns of the published ones.

The same expressions give the same bytes, whenever they are written.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from metst.base.files import write_atomic
from metst.datasets.labels.records import Expression

Cell = str | int | None
Sheet = Sequence[Sequence[Cell]]
UnitsOf = Callable[[Expression], str]
"""Action units of an expression as the tables write them, such as `6+12`."""

_NAMED: Final = ("Subject", "Filename")
_SPAN: Final = ("Onset", "Apex", "Offset")
_UNITS: Final = ("AU", "Objective class")
ME_COLUMNS: Final = (*_NAMED, *_SPAN, *_UNITS, "emotion")
FULL_COLUMNS: Final = (*_NAMED, *_SPAN, *_UNITS, "Expression type")
BLINK_COLUMNS: Final = (*_NAMED, "Onset", "Offset")
LONG_COLUMNS: Final = (
    *_NAMED,
    *("Inducement Code", "Onset", "Apex", "Offset", "Duration", "Type", "Action Units", "Notes"),
)
FACS_COLUMNS: Final = (
    *_NAMED,
    *("Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame", "Duration", "Micro"),
    *("Action Units", "Estimated Emotion", "Objective Classes", "Notes"),
)

_TYPES: Final = {"micro": "Micro-expression", "macro": "Macro-expression"}
_LONG_TYPES: Final = {"micro": "Micro - 1/2", "macro": "Macro"}

_CLASSES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("happy", "happiness"), "I"),
    "surprise": "II",
    "anger": "III",
    "disgust": "IV",
    **dict.fromkeys(("sad", "sadness"), "V"),
    "fear": "VI",
    **dict.fromkeys(("others", "other", "contempt"), "VII"),
}
"""Emotion -> objective class (Davison, Merghani & Yap 2018)."""

_PREAMBLES: Final = {"long": 9, "facs": 13}
"""Rows of text above the header of each SAMM table."""

_NO_APEX: Final = -1
"""How the tables of SAMM mark an apex that could not be annotated."""

_SAVED: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_NO_TIME: Final = rb"\g<1>1980-01-01T00:00:00Z"


def write_casme3(me: Path, full: Path, expressions: Iterable[Expression], units: UnitsOf) -> None:
    """Write both tables of CAS(ME)^3: the MEs, and everything with its sheet of blinks.

    Args:
        me: file of the MEs.
        full: file of all expressions; an xlsx, whatever its name: readers look at the content.
        expressions: of all videos, in the order of the rows.
        units: their action units.

    Raises:
        OSError: a file cannot be written.
    """
    labels: list[Sequence[Cell]] = [ME_COLUMNS]
    typed: list[Sequence[Cell]] = [FULL_COLUMNS]
    blinks: list[Sequence[Cell]] = [BLINK_COLUMNS]
    for e in expressions:
        if e.kind == "blink":
            blinks.append((e.subject, e.video, e.onset, e.offset))
            continue
        row = (e.subject, e.video, e.onset, e.apex, e.offset, units(e), _class_of(e))
        typed.append((*row, _TYPES[e.kind]))
        if e.kind == "micro":
            labels.append((*row, e.label))
    _write(me, {"label": labels})
    _write(full, {"AU+Emotion": typed, "eye blink": blinks})


def write_sammlv(long: Path, facs: Path, expressions: Iterable[Expression], units: UnitsOf) -> None:
    """Write both tables of SAMM Long Videos; blinks are in neither.

    Args:
        long: file of the intervals.
        facs: file of the emotions of the MEs.
        expressions: of all videos, in the order of the rows.
        units: their action units.

    Raises:
        OSError: a file cannot be written.
    """
    intervals: list[Sequence[Cell]] = [LONG_COLUMNS]
    emotions: list[Sequence[Cell]] = [FACS_COLUMNS]
    numbers: Counter[str] = Counter()
    for e in (e for e in expressions if e.kind != "blink"):
        numbers[e.video] += 1
        apex = _NO_APEX if e.apex is None else e.apex
        span = (e.onset, apex, e.offset, e.offset - e.onset + 1)
        named = (e.subject, f"{e.video}_{numbers[e.video]}", 1, *span, _LONG_TYPES[e.kind])
        intervals.append((*named, units(e), None))
        if e.kind == "micro":
            emotions.append((*named, units(e), e.label, _class_of(e), None))
    _write(long, {"Sheet1": [*[("SAMM",)] * _PREAMBLES["long"], *intervals]})
    _write(facs, {"Sheet1": [*[("SAMM",)] * _PREAMBLES["facs"], *emotions]})


def _class_of(e: Expression) -> str:
    return _CLASSES.get(e.label.lower(), "")


def _write(path: Path, sheets: Mapping[str, Sheet]) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomic(path, _without_time(buffer))


def _without_time(book: io.BytesIO) -> bytes:
    """The workbook without the time it was written at."""
    again = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = _SAVED.sub(_NO_TIME, data)
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return again.getvalue()
