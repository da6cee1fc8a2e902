"""Why a row, a video or a subject does not count."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["row", "video", "subject"]


@dataclass(frozen=True)
class Dropped:
    """Something that the rules of a protocol leave out, with the reason.

    Attributes:
        row: row of the label table; None for videos and subjects.
        code: of a row, the key of `CODES` under which it can be accepted.
    """

    level: Level
    subject: str
    video: str | None
    row: int | None
    reason: str
    code: str = ""
