"""The micro-expressions of a recording as the network and the metrics use them."""

from typing import Literal, NamedTuple

from metst.datasets.labels.authors import video_lists
from metst.datasets.labels.records import Expression, Recording
from metst.datasets.labels.strict import strict_samples

Rule = Literal["authors", "strict"]


class Sample(NamedTuple):
    """One micro-expression; 0-based sub-sampled frames, both ends inclusive.

    Attributes:
        apex: None where none is annotated.
        emotion: its class.
    """

    onset: int
    apex: int | None
    offset: int
    emotion: str

    @property
    def peak(self) -> int:
        """The apex, or the middle where none is annotated inside."""
        inside = self.apex is not None and self.onset <= self.apex <= self.offset
        return self.apex if inside and self.apex is not None else (self.onset + self.offset) // 2


def samples(recording: Recording, rule: Rule) -> list[Sample]:
    """Micro-expressions of a recording by one of the two rules, in the order of the table.

    `authors`: onset and offset can be -1 (numbers are not checked), the emotion can be that of
    another row (see `authors.py`), and a sample beyond the last emotion, where the
    released code stops with an error, is left out. A video whose lists are not both filled has no
    samples. `strict`: see `metst.datasets.labels.strict`.
    """
    if rule == "authors":
        video = video_lists(recording)
        pairs = zip(video.samples, video.emotions, strict=False)
        return [Sample(*triple, emotion) for triple, emotion in pairs]
    to_frame = recording.timebase.to_frame
    return [
        Sample(to_frame(e.onset), _apex(e, recording), to_frame(e.offset), e.emotion)
        for e in strict_samples(recording).expressions
        if e.emotion is not None
    ]


def _apex(e: Expression, recording: Recording) -> int | None:
    """Frame of the apex; a number before the first frame means that none is annotated."""
    timebase = recording.timebase
    annotated = e.apex is not None and e.apex >= timebase.first
    return timebase.to_frame(e.apex) if annotated and e.apex is not None else None
