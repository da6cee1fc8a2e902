"""What became of every annotated ME: found, or the step at which it was lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.records import Expression, Recording
from metst.datasets.labels.strict import strict_samples
from metst.intervals.interval import overlap
from metst.intervals.spotting import Smoothed, find_peaks
from metst.scoring.metrics.matched import Matched
from metst.scoring.protocols.protocol import Protocol

Ending = Literal[
    "found",
    "wrong_emotion",
    "withdrawn",
    "wrong_length",
    "below_threshold",
    "no_peak",
    "no_proposal",
]

ENDINGS: Final[Mapping[str, str]] = {
    "found": "found",
    "wrong_emotion": "found, with a wrong emotion",
    "withdrawn": "found, but withdrawn as neutral",
    "wrong_length": "right place, wrong length",
    "below_threshold": "peak below the threshold",
    "no_peak": "no peak",
    "no_proposal": "no proposal",
}
"""What can become of an ME, in the order in which it is asked."""


@dataclass(frozen=True)
class VideoCurve:
    """The curve in which the peaks of a video are sought.

    Attributes:
        smoothed: smoothed score (T,) in sub-sampled frames.
        threshold: least height of a peak.
    """

    smoothed: NDArray[np.float64]
    threshold: float


@dataclass(frozen=True)
class Annotated:
    """One annotated ME and what became of it; both ends inclusive, own frame numbers.

    Attributes:
        iou: largest overlap with a proposal, a withdrawn one included.
        peak: height of the highest local peak of the smoothed score within it; None without one,
            or where the curve is not known.
        threshold: height that a peak of this video needs; None where it is not known.
    """

    subject: str
    video: str
    onset: int
    offset: int
    emotion: str
    ending: Ending
    iou: float
    peak: float | None
    threshold: float | None


def endings(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    scoring: Protocol,
    synergy: str,
    curves: Mapping[VideoKey, VideoCurve],
) -> list[Annotated]:
    """Every ME that is judged, with the first of these that is true of it.

    - found by a proposal of its own, with the right emotion or a wrong one;
    - withdrawn: a proposal that was withdrawn as neutral overlaps it enough;
    - wrong length: a proposal shares frames with it, but not enough (or it finds another ME);
    - below the threshold: the smoothed score has a local peak within it, lower than is asked for;
    - no peak: the smoothed score has none within it.

    The last two need the curve of the video. Without it, and where a peak is high enough but the
    system proposed nothing there, it is "no proposal".

    Args:
        predictions: of all variants.
        recordings: that are judged.
        scoring: the `strict` rules.
        synergy: strategy of the variant.
        curves: of the videos that have one.
    """
    found: list[Annotated] = []
    for compared in scoring.compared(predictions, recordings, synergy).values():
        matched = scoring.judge(compared, synergy)
        expressions = [e for video in compared.videos for e in strict_samples(video).expressions]
        places = matched.annotated.video.tolist()
        owners = [compared.videos[place] for place in places]
        found += _of_subject(matched, expressions, owners, scoring.iou, curves)
    return found


def _of_subject(
    matched: Matched,
    expressions: Sequence[Expression],
    recordings: Sequence[Recording],
    iou: float,
    curves: Mapping[VideoKey, VideoCurve],
) -> Iterator[Annotated]:
    overlaps = overlap(matched.predicted, matched.annotated)  # (P, G)
    found = matched.found.tolist()
    for g, (e, recording) in enumerate(zip(expressions, recordings, strict=True)):
        curve = curves.get((recording.subject, recording.video))
        peak = None if curve is None else _peak(curve, e, recording)
        if found[g]:
            ending: Ending = "wrong_emotion" if _misnamed(matched, g) else "found"
        else:
            ending = _missed(overlaps[:, g], matched.kept, iou) or _spotted(curve, peak)
        yield Annotated(
            *(recording.subject, recording.video, e.onset, e.offset, e.emotion or "", ending),
            iou=float(overlaps[:, g].max()) if len(overlaps) else 0.0,
            peak=peak,
            threshold=None if curve is None else curve.threshold,
        )


def _misnamed(matched: Matched, g: int) -> bool:
    """Whether what found an ME names another emotion; not where none is asked for."""
    wanted = int(matched.annotated.label[g])
    given = int(matched.predicted.label[matched.owner[g]])
    return 0 <= wanted < matched.emotions and given != wanted


def _missed(overlaps: Tensor, kept: Tensor, iou: float) -> Ending | None:
    """Why the proposals (P,) do not find an ME; None where none lies on it."""
    if bool((~kept & (overlaps >= iou)).any()):
        return "withdrawn"
    return "wrong_length" if bool((overlaps > 0).any()) else None


def _spotted(curve: VideoCurve | None, peak: float | None) -> Ending:
    """Why nothing was proposed."""
    if curve is None:
        return "no_proposal"
    if peak is None:
        return "no_peak"
    return "below_threshold" if peak < curve.threshold else "no_proposal"


def _peak(curve: VideoCurve, e: Expression, recording: Recording) -> float | None:
    """Height of the highest local peak within an ME."""
    values = torch.from_numpy(curve.smoothed)[None]  # (1, T)
    smoothed = Smoothed(values, torch.tensor([values.shape[1]]))
    peaks = find_peaks(smoothed, torch.tensor([-torch.inf]), 1)  # (1, T)
    first, last = (recording.timebase.to_frame(n) for n in (e.onset, e.offset))
    within = values[0, first : last + 1][peaks[0, first : last + 1]]
    return float(within.max()) if len(within) else None
