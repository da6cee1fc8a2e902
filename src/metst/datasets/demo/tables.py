"""Label tables of the demo, with the sheets and columns of CAS(ME)^3."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from metst.base.files import write_atomic
from metst.datasets.demo.actions import OBJECTIVE_CLASSES
from metst.datasets.demo.script import Event, VideoScript

ME_FILE: Final = "casme3_label.xlsx"
FULL_FILE: Final = "casme3_full_label.xlsx"

_SHARED = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class"]
ME_COLUMNS: Final = [*_SHARED, "emotion"]
FULL_COLUMNS: Final = [*_SHARED, "Expression type"]
BLINK_COLUMNS: Final = ["Subject", "Filename", "Onset", "Offset"]

EXPRESSION_TYPES: Final = {"micro": "Micro-expression", "macro": "Macro-expression"}


def write_tables(root: Path, scripts: Sequence[VideoScript]) -> None:
    """Write both label files: the micro-expressions, and everything that was planted.

    Raises:
        OSError: a file cannot be written.
    """
    rows = [_row(script, event) for script in scripts for event in script.events]
    table = pd.DataFrame(rows)
    micro, blinks = table["kind"] == "micro", table["kind"] == "blink"
    full = {
        "AU+Emotion": table.loc[~blinks, FULL_COLUMNS],
        "eye blink": table.loc[blinks, BLINK_COLUMNS],
    }
    write_atomic(root / ME_FILE, _workbook({"label": table.loc[micro, ME_COLUMNS]}))
    write_atomic(root / FULL_FILE, _workbook(full))


def _row(script: VideoScript, event: Event) -> dict[str, object]:
    return {
        "kind": event.kind,
        "Subject": script.subject,
        "Filename": script.video,
        "Onset": event.onset,
        "Apex": event.apex,
        "Offset": event.offset,
        "AU": "+".join(map(str, event.units)),
        "Objective class": OBJECTIVE_CLASSES.get(event.emotion, ""),
        "Expression type": EXPRESSION_TYPES.get(event.kind, ""),
        "emotion": event.emotion,
    }


def _workbook(sheets: dict[str, pd.DataFrame]) -> bytes:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        for name, table in sheets.items():
            table.to_excel(writer, sheet_name=name, index=False)
    return buffer.getvalue()
