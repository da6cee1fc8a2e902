"""What is annotated in a data set: expressions, recordings, and their time base."""

from dataclasses import dataclass, field
from typing import Literal

EMOTIONS: tuple[str, ...] = ("negative", "positive", "surprise", "others")
"""Emotion classes in the order of the network's logits (ME-TST, section III-E)."""

NEUTRAL = "neutral"
"""The extra class that means "no micro-expression"; always the last logit."""

Kind = Literal["micro", "macro", "blink"]

LARGEST_FRAME = 10_000_000
"""Larger frame numbers are mistakes: this one is reached after 13 hours at 200 frames/s."""


@dataclass(frozen=True)
class Timebase:
    """Own frame numbers of a data set (files, tables, reports) against sub-sampled frames (inside).

    Attributes:
        fps: frame rate of the recording, in own frames per second; 0 where it is not known.
        skip: every `skip`-th frame is kept.
        first: own number of the first frame, sub-sampled frame 0.
    """

    fps: float
    skip: int = 1
    first: int = 1

    def to_frame(self, number: int) -> int:
        """Sub-sampled frame of an own frame number, truncated toward zero."""
        return int((number - self.first) / self.skip)

    def to_number(self, frame: int) -> int:
        """Own frame number of a sub-sampled frame; the inverse of `to_frame` on kept frames."""
        return frame * self.skip + self.first

    @property
    def sampled_fps(self) -> float:
        """Sub-sampled frames per second: the rate the network sees."""
        return self.fps / self.skip


@dataclass(frozen=True)
class Expression:
    """One annotated expression; both ends inclusive, in the data set's own frame numbers.

    Attributes:
        emotion: class in `EMOTIONS`; None where the table names none or one that is not mapped. In
            tables from elsewhere it can be a word of their own.
        label: emotion as the table writes it, for reports.
        row: row of the label table (1-based, as a spreadsheet shows it), for messages; two
            expressions are equal wherever they stand.
    """

    subject: str
    video: str
    onset: int
    apex: int | None
    offset: int
    kind: Kind = "micro"
    emotion: str | None = None
    label: str = ""
    row: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Recording:
    """One long video of one subject, with everything that is annotated in it.

    Attributes:
        frames: number n of sub-sampled frames; 0 where a table does not give it.
        timebase: how its frames are numbered.
        expressions: in the order of the label table, all kinds.
    """

    subject: str
    video: str
    frames: int
    timebase: Timebase
    expressions: tuple[Expression, ...] = ()

    @property
    def micro(self) -> tuple[Expression, ...]:
        """The micro-expressions, in the order of the label table."""
        return tuple(e for e in self.expressions if e.kind == "micro")
