"""Label files of the published shapes, with invented rows and the oddities of the real ones."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl

from tests.support.xls import Value, write_xls

ME_NAME = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
FULL_NAME = "CAS(ME)3_part_A_v2.xls"
LONG_NAME = "SAMM_LongVideos_V3_Release.xlsx"
FACS_NAME = "SAMM_Micro_FACS_Codes_v2.xlsx"

ME_HEADER = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]
FULL_HEADER = [*ME_HEADER[:-1], "Expression type"]
BLINK_HEADER = ["Subject", "Filename", "Onset", "Offset"]
LONG_HEADER = [
    *("Subject", "Filename", "Inducement Code", "Onset", "Apex", "Offset", "Duration"),
    *("Type", "Action Units", "Notes"),
]
FACS_HEADER = [
    *("Subject", "Filename", "Inducement Code", "Onset Frame", "Apex Frame", "Offset Frame"),
    *("Duration", "Micro", "Action Units", "Estimated Emotion", "Objective Classes", "Notes"),
]

Rows = Sequence[Sequence[Value]]

ME_ROWS: list[tuple[Value, ...]] = [
    ("spNO.1", "a", 11, 20, 31, "4", "IV", "disgust"),
    ("spNO.1", "a", 101, 101, 110, "12", "VI", "happy"),
    ("spNO.1", "J", 50, 55, 61, "1+2", "II", "Others"),
    ("spNO.1", "j", 250, 255, 261, "1+2", "II", "others"),
    ("spNO.2", "b", 0, 8, 14, "4", "IV", "fear"),
    ("spNO.2", "c", 5, 400, 3459, "4", "IV", "anger"),
    ("spNO.10", "a", 7, 8, 8, "15", "V", "sad"),
    ("spNO.10", "a", 40, 48, 55, "1+2", "II", "surprise"),
]  # fmt: skip
"""Subject, video, onset, apex, offset, AU, objective class, emotion."""

MACRO_ROWS: list[tuple[Value, ...]] = [
    ("spNO.1", "a", 150, 170, 230, "12", "VI"),
    ("spNO.3", "a", 10, 30, 80, "12", "VI"),
]  # fmt: skip

BLINK_ROWS: list[tuple[Value, ...]] = [("spNO.1", "a", 33, 39), ("spNO.2", "b", 70, 78)]


def write_xlsx(path: Path, sheets: dict[str, Rows]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)


def casme3_me(path: Path, rows: Rows = ME_ROWS) -> None:
    write_xlsx(path, {"label": [ME_HEADER, *rows], "Sheet2": [], "Sheet3": []})


def casme3_full(
    path: Path, micro: Rows = ME_ROWS, macro: Rows = MACRO_ROWS, blinks: Rows = BLINK_ROWS
) -> None:
    """The full labels, as xls or xlsx by the name of the file."""
    rows = [(*row[:7], "Macro-expression") for row in macro]
    rows += [(*row[:7], "Micro-expression") for row in micro]
    sheets: dict[str, Rows] = {
        "AU+Emotion": [FULL_HEADER, *rows],
        "eye blink": [BLINK_HEADER, *blinks],
    }
    (write_xls if path.suffix == ".xls" else write_xlsx)(path, sheets)


def casme3_labels(folder: Path, rows: Rows = ME_ROWS) -> None:
    """Both label files under their published names."""
    folder.mkdir(parents=True, exist_ok=True)
    casme3_me(folder / ME_NAME, rows)
    casme3_full(folder / FULL_NAME, rows)


SAMM_ROWS: list[tuple[Value, ...]] = [
    ("006", "006_1_2", 1, 158, 178, 208, 51, "Micro - 1/2", "12", None),
    ("006", "006_1_7", 1, 300, 350, 500, 201, "Macro", "12", None),
    ("006", "006_2_1", 2, 50, 60, 90, 41, "Micro - 1/2", "4", None),
    (7, "007_1_1", 1, 400, -1, 500, 101, "Macro", "4", "no apex"),
    (7, "007_1_3", 1, 700, -1, 760, 61, "Micro - 1/2", "4", None),
]  # fmt: skip
"""Subject, file name, inducement, onset, apex, offset, duration, type, AU, notes."""

FACS_ROWS: list[tuple[Value, ...]] = [
    ("007", "007_1_3", 1, 700, -1, 760, 61, "Micro - 1/2", "4", "Other", 1, None),
    ("006", "006_1_2", 1, 158, 178, 208, 51, "Micro - 1/2", "12", "Happiness", 3, None),
]  # fmt: skip


def samm_labels(
    folder: Path,
    rows: Rows = SAMM_ROWS,
    facs: Rows = FACS_ROWS,
    preambles: tuple[int, int] = (9, 13),
) -> None:
    """Both SAMM tables, each below a preamble with text in some of its cells."""
    folder.mkdir(parents=True, exist_ok=True)
    filler: list[list[Value]] = [["SAMM", None], []]
    above = [[filler[i % 2] for i in range(length)] for length in preambles]
    write_xlsx(folder / LONG_NAME, {"Long": [*above[0], LONG_HEADER, *rows]})
    write_xlsx(folder / FACS_NAME, {"MICRO ONLY": [*above[1], FACS_HEADER, *facs]})
