"""The micro-expressions of a recording as the network and the metrics use them."""

from typing import Literal

from metst.datasets.labels.authors import video_lists
from metst.datasets.labels.records import Recording
from metst.datasets.labels.strict import strict_samples

Rule = Literal["authors", "strict"]

Sample = tuple[int, int, str]
"""Onset and offset, 0-based sub-sampled frames, both inclusive, and the emotion class."""


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
        return [(onset, offset, emotion) for (onset, _, offset), emotion in pairs]
    to_frame = recording.timebase.to_frame
    return [
        (to_frame(e.onset), to_frame(e.offset), e.emotion)
        for e in strict_samples(recording).expressions
        if e.emotion is not None
    ]
