"""From the numbers of a label table to frame numbers."""

import math
import re
from dataclasses import dataclass

from metst.datasets.folder.options import Unit
from metst.datasets.labels.records import LARGEST_FRAME, Timebase
from metst.datasets.labels.tables import Row

_TIME = re.compile(r"(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")
"""Hours, minutes, seconds; without hours alike."""

_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+")
"""Numbers that may have a comma between thousands, where milliseconds are counted."""


@dataclass(frozen=True)
class Clock:
    """Reads cells as frame numbers.

    Attributes:
        unit: what the cells count.
        timebase: numbers and rate of the frames.
        open_end: an offset is the time at which the last frame ends, as in ELAN; otherwise that at
            which it is shown.
    """

    unit: Unit
    timebase: Timebase
    open_end: bool = False

    @property
    def counts_frames(self) -> bool:
        """Whether the cells are frame numbers."""
        return self.unit == "frames"

    def frame(self, row: Row, name: str) -> int | None:
        """Own number of the frame that a cell means; None where it is empty or no time."""
        if self.counts_frames:
            return row.integer(name)
        seconds = self._seconds(row.text(name))
        if seconds is None or not 0 <= seconds * self.timebase.fps <= LARGEST_FRAME:
            return None
        number = round(seconds * self.timebase.fps) + self.timebase.first
        return number - 1 if self.open_end and name == "offset" else number

    def _seconds(self, text: str) -> float | None:
        if self.unit == "milliseconds" and _THOUSANDS.fullmatch(text):
            return None  # 1,234 could be one or a thousand
        text = text.replace(",", ".")  # 0,40 in most of Europe, 00:01:02,500 in subtitles
        if clock := _TIME.fullmatch(text):
            hours, minutes, seconds = clock.groups(default="0")
            return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
        try:
            number = float(text)
        except ValueError:
            return None
        return (
            number / (1000 if self.unit == "milliseconds" else 1) if math.isfinite(number) else None
        )
