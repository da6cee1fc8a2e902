"""The rules by which intervals are judged, and each difference between decoders and protocols."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from metst.datasets.labels import Expression, Recording
from metst.datasets.labels.authors import video_lists
from metst.datasets.labels.records import NEUTRAL
from metst.datasets.labels.strict import REVERSED, emotion_problem, strict_samples
from metst.intervals.interval import Intervals

Row = tuple[int, int, int]
"""Onset, offset (both inclusive) and class of an interval."""


def classes_of(emotions: Sequence[str]) -> dict[str, int]:
    """Class of each emotion, neutral after all others.

    One that such a map lacks is -1 and counts for spotting only.
    """
    return {name: index for index, name in enumerate((*emotions, NEUTRAL))}


Truth = Callable[[Recording], list[Row]]
"""Annotated MEs of a video, in the frames in which the protocol compares."""

ToFrame = Callable[[Recording, int], int]
"""Own frame number -> frame in which the protocol compares."""

Keep = Callable[[Recording, bool], bool]
"""(video, whether its subject has any prediction) -> is it judged?"""


def truth_authors(recording: Recording, class_of: Mapping[str, int]) -> list[Row]:
    """By the released label rules, in sub-sampled frames."""
    video = video_lists(recording)
    pairs = zip(video.samples, video.emotions, strict=False)  # see `metst.datasets.labels.samples`
    return [(onset, offset, class_of.get(emotion, -1)) for (onset, _, offset), emotion in pairs]


def truth_strict(recording: Recording, class_of: Mapping[str, int]) -> list[Row]:
    """One record per row, in own frame numbers."""
    usable = strict_samples(recording).expressions
    return [
        (e.onset, e.offset, class_of.get(e.emotion, -1)) for e in usable if e.emotion is not None
    ]


def truth_table(recording: Recording, class_of: Mapping[str, int]) -> list[Row]:
    """The rows of the label table as they are, in own frame numbers (STRS evaluator)."""
    return [
        (e.onset, e.offset, class_of.get(e.emotion, -1))
        for e in recording.micro
        if e.emotion is not None and table_problem(e) is None
    ]


def table_problem(e: Expression) -> tuple[str, str] | None:
    """Code and reason of a row that the STRS evaluator's rules cannot use; None where they can."""
    if e.emotion is None:
        return emotion_problem(e)
    return REVERSED if e.offset < e.onset else None


def sampled_frame(recording: Recording, number: int) -> int:
    """Compare in sub-sampled frames."""
    return recording.timebase.to_frame(number)


def own_number(_recording: Recording, number: int) -> int:
    """Compare in the data set's own frame numbers."""
    return number


def judge_annotated(recording: Recording, _predicted: bool) -> bool:
    """Only videos with MEs are judged (released code)."""
    return video_lists(recording).kept


def judge_all(_recording: Recording, _predicted: bool) -> bool:
    """Every video is judged."""
    return True


def judge_predicted(recording: Recording, predicted: bool) -> bool:
    """Only videos with MEs, of subjects with predictions, are judged (STRS evaluator)."""
    return predicted and bool(truth_table(recording, {}))


def with_dummies(predicted: Intervals, videos: int, neutral: int) -> Intervals:
    """Add the interval [0, 0], neutral, to each video without candidates (released code)."""
    empty = torch.ones(videos, dtype=torch.bool, device=predicted.video.device)
    empty[predicted.video] = False
    video = torch.cat([predicted.video, empty.nonzero()[:, 0]])
    zeros = torch.zeros_like(video[len(predicted) :])
    return Intervals(
        video,
        torch.cat([predicted.onset, zeros]),
        torch.cat([predicted.offset, zeros]),
        torch.cat([predicted.label, zeros + neutral]),
    )


@dataclass(frozen=True)
class Difference:
    """One point in which `authors` and `strict` differ, a line each.

    Attributes:
        part: whose rule it is: of the labels, of the decoder that makes intervals (ME-TST's), or of
            the protocol that judges them.
    """

    part: Literal["labels", "decoder", "protocol"]
    rule: str
    authors: str
    strict: str


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "labels",
        "labels",
        "emotions and intervals of a video are two lists; a skipped row shifts later emotions",
        "interval and emotion are one record; unusable rows are reported",
    ),
    Difference("protocol", "videos", "videos without an ME are left out", "every video counts"),
    Difference(
        "decoder",
        "k_p",
        "half the mean ME length of all subjects, the held-out one included",
        "half the mean ME length of the training subjects",
    ),
    Difference(
        "decoder",
        "stitching",
        "second halves of the windows; what a batch begins with is written whole",
        "mean of all windows that see a frame",
    ),
    Difference(
        "decoder",
        "last frames",
        "frames after the last regular window are never seen",
        "a tail window sees them",
    ),
    Difference(
        "decoder",
        "smoothing",
        "2 k_p frames, one more to the left",
        "2 k_p + 1 frames, centered",
    ),
    Difference(
        "decoder",
        "interval",
        "peak +- k_p, also beyond the ends of the video",
        "peak +- k_p, cut at the ends of the video",
    ),
    Difference(
        "protocol",
        "no candidate",
        "a video without a peak counts one false positive, the interval [0, 0]",
        "no prediction, no false positive",
    ),
    Difference(
        "protocol",
        "frames compared",
        "sub-sampled frames",
        "the data set's own frames",
    ),
    Difference(
        "protocol",
        "matching",
        "each prediction looks at one ME only, in order of time, without a second-best",
        "one-to-one with as many matches as possible, then the largest overlaps",
    ),
    Difference(
        "protocol",
        "neutral candidates (recognition first)",
        "withdrawn after the matching: the ME they hold is lost to others",
        "withdrawn before the matching",
    ),
    Difference(
        "decoder",
        "label of an interval",
        "most frequent class of the frames onset + 1 ... offset - 2; ties: the first seen",
        "most frequent class of all its frames; ties: the more probable",
    ),
    Difference(
        "protocol",
        "averages over classes",
        "a class nobody mentions is left out, and so is a perfect single one; UAR can be undefined",
        "the annotated classes; always defined",
    ),
)
"""Where `strict` corrects what `authors` reproduces."""
