"""Why a row, a video or a subject does not count."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["row", "video", "subject"]


@dataclass(frozen=True)
class Dropped:
    """Something that the rules of a protocol leave out, with the reason in words.

    Attributes:
        row: row of the label table; None for videos and subjects.
    """

    level: Level
    subject: str
    video: str | None
    row: int | None
    reason: str
