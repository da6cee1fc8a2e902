"""From candidates to intervals of both kinds.

Shapes: W windows, K candidates of each, M detections of a video, surest first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from metst.datasets.labels.records import Kind, Recording
from metst.intervals.decoder import DecoderName
from metst.intervals.fitting import annotated, best_constants, finds
from metst.intervals.interval import Intervals
from metst.intervals.proposals import FrameCurves, Proposals
from metst.intervals.sampled import Switches, facts
from metst.intervals.suppression import fused, suppressed
from metst.network.detection import pooled
from metst.samples.boxes import KINDS
from metst.systems.detector.design import Reduction

THRESHOLD = 0.485
"""LGSNet's for CAS(ME)^2, chosen on its test data; LSSNet's is not known."""

SHORT = 15
"""Frames of the longest interval that is taken for a micro-expression by its duration."""

GRID = [THRESHOLD, *(step / 50 for step in range(1, 50))]
"""Thresholds that are tried."""

_DECIMALS = 1000  # scores are cut off after three


@dataclass(frozen=True)
class Quirks(Switches):
    """What `strict` does otherwise; each can be turned off.

    Attributes:
        fixed_threshold: the score that an interval needs is LGSNet's published one; else the best
            for training subjects whose videos the network was not trained on, of each kind.
        by_duration: intervals of 15 frames or less are micro-expressions, whatever their class
            (LGSNet).
        short_skipped: nothing is found in a video that is shorter than a window.
        unclipped: intervals may end behind the last frame.
        lone_score: a cluster of one keeps its score where candidates are fused, not its square.
    """

    fixed_threshold: bool = True
    by_duration: bool = False
    short_skipped: bool = True
    unclipped: bool = True
    lone_score: bool = True


@dataclass(frozen=True)
class Detections:
    """What is left of the candidates of some videos, each (N,), surest first within a video."""

    video: Tensor
    onset: Tensor
    offset: Tensor
    score: Tensor
    label: Tensor

    def of(self, kind: Kind) -> "Detections":
        """Those of one kind."""
        return self.take(self.label == KINDS.index(kind) + 1)

    def above(self, threshold: float) -> Tensor:
        """Which (N,) are sure enough."""
        return torch.floor(self.score * _DECIMALS) / _DECIMALS > threshold

    def take(self, chosen: Tensor) -> "Detections":
        """Those that a mask (N,) chooses."""
        return Detections(*(x[chosen] for x in vars(self).values()))


@dataclass(frozen=True)
class DetectionDecoder:
    """Intervals with a score above a threshold, the surest of each video.

    Attributes:
        name: `authors` or `strict`.
        quirks: that it has.
        reduction: how candidates become few.
        most: intervals per video, of both kinds.
        window: frames of a window.
        anchors: candidates of a window that come from anchors.
    """

    name: DecoderName
    quirks: Quirks
    reduction: Reduction
    most: int
    window: int
    anchors: int

    def detections(
        self, found: Tensor, starts: Sequence[Sequence[int]], recordings: Sequence[Recording]
    ) -> Detections:
        """What is left of candidates (W, K, 4) of all windows, video after video.

        Args:
            found: see `metst.network.detection.candidates`.
            starts: first frames of the windows of each video.
            recordings: the videos.
        """
        parts = torch.split(found, [len(each) for each in starts])
        left = [self._of_video(*each) for each in zip(parts, starts, recordings, strict=True)]
        onset, offset, score, label = torch.cat(left).unbind(1)
        counts = torch.tensor([len(rows) for rows in left], device=found.device)
        video = torch.arange(len(left), device=found.device).repeat_interleave(counts)
        return Detections(video, onset.long(), offset.long(), score, label.long())

    def fit(self, detections: Detections, recordings: Sequence[Recording]) -> dict[Kind, float]:
        """The threshold of each kind that finds most in some videos (best F1)."""
        return {kind: _best(detections.of(kind), annotated(recordings, kind)) for kind in KINDS}

    def propose(
        self, detections: Detections, recordings: Sequence[Recording], kind: Kind, threshold: float
    ) -> Proposals:
        """Intervals of one kind."""
        own = detections.of(kind)
        found = own.take(own.above(threshold))
        return Proposals(
            *(self.name, tuple(recordings), found.video, found.onset),
            *((found.onset + found.offset) // 2, found.offset, found.score),
            labels={"none": torch.full_like(found.video, -1)},
            kind=kind,
            facts=facts(kind, {"threshold": threshold}),
            curves=_drawn(own, recordings, threshold) if kind == "micro" else None,
        )

    def _of_video(self, found: Tensor, starts: Sequence[int], recording: Recording) -> Tensor:
        """Detections (M, 4) of one video in whole frames; those without a frame are left out."""
        if self.quirks.short_skipped and recording.frames < self.window:
            return found.new_zeros(0, 4, dtype=torch.float64)
        moved = pooled(found, torch.tensor(starts, device=found.device), self.anchors)
        onset, offset, score, label = self._reduced(moved)[: self.most].double().unbind(1)
        onset, offset, last = onset.trunc(), offset.trunc(), recording.frames - 1
        if not self.quirks.unclipped:
            offset = offset.clamp(max=last)
        if self.quirks.by_duration:
            label = torch.where(offset - onset <= SHORT, 2.0, 1.0).to(score)
        rows = torch.stack([onset, offset, score, label], 1)[(onset <= offset) & (onset <= last)]
        ends = rows[:, [0, 1, 3]]  # rounded to frames, two can be one
        return rows[~(ends[:, None] == ends).all(-1).tril(-1).any(1)]

    def _reduced(self, found: Tensor) -> Tensor:
        """Detections (M, 4) of one video."""
        rules = self.reduction
        if rules.least is None:
            return suppressed(found, rules.overlap, rules.top, by_class=rules.by_class)
        lone = self.quirks.lone_score
        return fused(found, rules.least, rules.overlap, lone=lone)[: rules.top]


def _best(found: Detections, truth: Intervals) -> float:
    """The threshold of one kind."""
    hits = finds(found.video, found.onset, found.offset, truth)
    grid = [{"threshold": value} for value in GRID]
    return best_constants(grid, lambda c: hits[found.above(c["threshold"])], truth)["threshold"]


def _drawn(found: Detections, recordings: Sequence[Recording], threshold: float) -> FrameCurves:
    """The score of the surest detection at each frame."""
    lengths = torch.tensor([r.frames for r in recordings], device=found.video.device)
    score = found.score.new_zeros(len(lengths), int(lengths.max()))  # (V, L)
    rows = zip(*(x.tolist() for x in (found.video, found.onset, found.offset)), strict=True)
    for (video, onset, offset), value in zip(rows, found.score, strict=True):
        part = score[video, onset : offset + 1]
        torch.maximum(part, value, out=part)
    height = torch.full_like(lengths, threshold, dtype=torch.float64)
    return FrameCurves(score, score, height, lengths)
