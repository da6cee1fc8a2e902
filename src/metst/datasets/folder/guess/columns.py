"""What the columns of a label table, and the words in them, seem to mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from metst.base.names import folded
from metst.datasets.casme3 import Casme3
from metst.datasets.folder.options import CHOOSE, FIELDS, Unit
from metst.datasets.labels.emotions import kind_of
from metst.datasets.labels.records import EMOTIONS
from metst.datasets.labels.sheets import damage_named, read_sheets
from metst.datasets.labels.tables import PREAMBLE, Row, normalized, read_tables
from metst.datasets.sammlv import SammLv

NAMES: Mapping[str, tuple[str, ...]] = {
    "subject": ("subject", "participant", "person", "subj", "sub"),
    "video": ("video", "filename", "file", "clip", "recording", "media"),
    "onset": ("onset", "start", "begin", "from"),
    "apex": ("apex", "peak"),
    "offset": ("offset", "end", "stop", "to"),
    "emotion": ("emotion", "label", "class", "category"),
    "kind": ("type", "kind"),
}
"""Words by which the column of a field is known, the best first."""

WORDS: Mapping[str, str] = {
    **{name: name for name in EMOTIONS},
    **SammLv.words,
    **Casme3.words,
    "happiness": "positive",
    "joy": "positive",
    "surprised": "surprise",
    "angry": "negative",
    "sadness": "negative",
    "disgusted": "negative",
    "contempt": "negative",
    "repression": "negative",
    "": "others",
}
"""Word of an emotion -> its class; nothing stands for others."""

KINDS: Mapping[str, str] = {"me": "micro", "mae": "macro", "blink": "blink"}

_MILLISECONDS = re.compile(r"\bms\b|msec|milli")
_SECONDS = re.compile(r"\bs\b|\bsec|second|time|ss\.")


@dataclass(frozen=True)
class Guess:
    """A label table.

    Attributes:
        columns: field -> column, those that are known.
        rows: of the table, by the names of columns.
    """

    path: Path
    columns: Mapping[str, str]
    rows: Sequence[Row]

    def text(self, row: Row, field: str) -> str:
        """Cell of a field, `folded`; empty where there is none."""
        return folded(row.text(normalized(self.columns.get(field, ""))))

    def words(self, field: str) -> set[str]:
        """What the column of a field holds."""
        return {self.text(row, field) for row in self.rows}

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of each word that is not understood by itself."""
        return kind_map(self.words("kind")) if "kind" in self.columns else {}

    @property
    def emotions(self) -> dict[str, str]:
        """Class of each emotion of a micro-expression."""
        kinds = self.kinds
        micro = [
            row
            for row in self.rows
            if "kind" not in self.columns
            or kinds.get(word := self.text(row, "kind"), kind_of(word)) in ("micro", CHOOSE)
        ]
        return emotion_map({self.text(row, "emotion") for row in micro})

    @property
    def unit(self) -> Unit:
        """What onset and offset count, by the names of the columns, then by the numbers."""
        name = normalized(self.columns["onset"])
        numbers = [word for word in self.words("onset") | self.words("offset") if word]
        if _MILLISECONDS.search(name):
            return "seconds" if "ss." in name else "milliseconds"
        whole = all(re.fullmatch(r"-?\d+(\.0+)?", number) for number in numbers)
        return (
            "seconds" if not whole or (_SECONDS.search(name) and "frame" not in name) else "frames"
        )


def guess_table(path: Path) -> Guess | None:
    """A table with columns for onset and offset; None where a file holds none.

    Raises:
        LabelError: the file cannot be read.
    """
    with damage_named(path):
        for sheet in read_sheets(path):
            for _, row in zip(range(PREAMBLE), sheet.rows, strict=False):
                columns = columns_of([str(cell) for cell in row if cell is not None])
                if {"onset", "offset"} <= columns.keys():
                    required = [normalized(column) for column in columns.values()]
                    return Guess(path, columns, read_tables(path, required)[0].rows)
    return None


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Field -> column of a header, by the names of the columns; each column once.

    Where none is of the video, every subject has one, which is named like it.
    """
    found: dict[str, str] = {}
    for field in FIELDS:
        for word in NAMES[field]:
            free = [column for column in header if column not in found.values()]
            exact = [column for column in free if normalized(column) == word]
            within = [c for c in free if re.search(rf"(^|[^a-z]){word}([^a-z]|$)", normalized(c))]
            if exact or within:
                found[field] = (exact or within)[0]
                break
    if "video" in found:
        return found
    return {"video" if field == "subject" else field: column for field, column in found.items()}


def emotion_map(words: Iterable[str]) -> dict[str, str]:
    """Class of each word; `CHOOSE` where none is known."""
    return {word: WORDS.get(word, CHOOSE) for word in sorted(words)}


def kind_map(words: Iterable[str]) -> dict[str, str]:
    """Kind of each word that is not understood by itself; `CHOOSE` where none is known."""
    return {w: KINDS.get(w, CHOOSE) for w in sorted(words) if kind_of(w) is None}
