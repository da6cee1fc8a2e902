"""An interval of 2 k_p frames around every high peak of the score: ME-TST, MEAN and SOFTNet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad

from metst.base.errors import ConfigError
from metst.datasets.labels.records import Kind, Recording
from metst.intervals.proposals import FrameCurves, Proposals
from metst.intervals.spotting import Candidates, Smoothed, candidates, peak_threshold
from metst.intervals.stitching import Curves
from metst.intervals.synergy import Motion, Voting

PEAK = 0.55
"""Where the peak threshold lies between mean and maximum of the smoothed score (released code)."""


@dataclass(frozen=True, kw_only=True)
class PeakDecoder:
    """Peaks of the smoothed score, an interval of 2 k_p frames around each (ME-TST, section II).

    Attributes:
        name: `authors` or `strict`.
        smooth: (score, lengths, k_p) -> smoothed score.
        limit: (onset, offset, last frame) -> the same within what is allowed.
        voting: which frames name an interval, and how.
        k_p_of: (all recordings, held-out subject) -> k_p, half the mean ME length.
        peak: where the peak threshold lies between mean and maximum of the smoothed score.
        kind: what the intervals are taken for.
        dummy: whether a video without a peak has an interval of its first frame alone.
    """

    name: str
    smooth: Callable[[Tensor, Tensor, int], Smoothed]
    limit: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
    voting: Voting
    k_p_of: Callable[[Sequence[Recording], str], int]
    peak: float = PEAK
    kind: Kind = "micro"
    dummy: bool = False
    reach: ClassVar[int] = 1
    """No interval goes farther from its peak than so many k_p."""

    def half_length(self, recordings: Sequence[Recording], subject: str) -> int:
        """k_p of the fold that leaves `subject` out, in sub-sampled frames.

        Raises:
            MetstError: there is no ME to measure, or they are too short.
        """
        return _at_least_one(self.k_p_of(recordings, subject))

    def spotting_curve(self, curves: Curves, k_p: int) -> tuple[Smoothed, Tensor]:
        """Smoothed score of each video and the height (V,) that a peak needs."""
        smoothed = self.smooth(curves.score, curves.lengths, k_p)
        return smoothed, self.height(smoothed)

    def height(self, smoothed: Smoothed) -> Tensor:
        """The height (V,) that a peak needs in each video."""
        return peak_threshold(smoothed, self.peak)

    def limited(
        self, found: Candidates, recordings: Sequence[Recording], k_p: int
    ) -> tuple[Tensor, Tensor]:
        """First and last frame (N,) of the interval of each candidate."""
        last = torch.tensor([r.frames - 1 for r in recordings]).to(found.video)[found.video]
        return self.limit(found.peak - k_p, found.peak + k_p, last)

    def search(
        self, curves: Curves, smoothed: Smoothed, recordings: Sequence[Recording], k_p: int
    ) -> tuple[Candidates, Tensor, Tensor]:
        """Candidates, and the first and last frame (N,) of each; for `curves` see `around_peaks`.

        Args:
            curves: of the videos.
            smoothed: their smoothed score.
            recordings: the videos.
            k_p: half the mean ME length.
        """
        found = candidates(smoothed, self.peak, k_p)
        onset, offset = self.limited(found, recordings, k_p)
        if self.dummy:
            found, onset, offset = _with_dummies(found, onset, offset, curves.lengths, smoothed)
        return found, onset, offset

    def around_peaks(
        self,
        curves: Curves,
        recordings: Sequence[Recording],
        k_p: int,
        motion: Motion | None = None,
    ) -> Proposals:
        """Candidates with a label by each synergy strategy, on the device of the curves.

        Candidates labeled neutral stay, also where the strategy withdraws them, so that a table
        shows what was rejected.

        Args:
            curves: of the videos in `recordings`, in the same order; without logits (E + 1 = 0)
                nothing is labeled.
            recordings: of one subject or several.
            k_p: half the mean ME length in sub-sampled frames.
            motion: of the same videos; without it, nothing can be decided per candidate.

        Raises:
            ConfigError: `k_p` is less than 1: smoothing needs at least one frame on each side.
        """
        smoothed, threshold = self.spotting_curve(curves, _at_least_one(k_p))
        found, onset, offset = self.search(curves, smoothed, recordings, k_p)
        longest = 2 * self.reach * k_p + 1
        named = curves.logits.shape[-1] > 0
        probabilities, labels = None, {"none": torch.full_like(found.video, -1)}
        if named:
            ends = onset, found.peak, offset
            probabilities, labels = self.voting.label(curves, found.video, ends, longest)
        if named and motion is not None:
            noisy = motion.noisy(found.video, onset, offset, longest)  # (N,)
            decided = labels["recognition_first"], labels["spotting_first"]
            labels["per_candidate"] = torch.where(noisy, *decided)
        return Proposals(
            *(self.name, tuple(recordings), found.video, onset, found.peak, offset, found.score),
            labels,
            probabilities,
            self.kind,
            facts={"k_p": k_p},
            curves=FrameCurves(
                curves.score,
                smoothed.aligned(curves.score.shape[1]),
                threshold,
                curves.lengths,
                curves.logits.softmax(-1) if named else None,
            ),
        )


def unclipped(onset: Tensor, offset: Tensor, _last: Tensor) -> tuple[Tensor, Tensor]:
    """Intervals may reach beyond both ends of the video (released code)."""
    return onset, offset


def clipped(onset: Tensor, offset: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
    """Intervals end at the ends of the video."""
    return onset.clamp(min=0), torch.minimum(offset, last)


def _with_dummies(
    found: Candidates, onset: Tensor, offset: Tensor, lengths: Tensor, smoothed: Smoothed
) -> tuple[Candidates, Tensor, Tensor]:
    """Frame 0 ... 0 of each video that has a curve but no candidate, in the order of videos."""
    has = torch.bincount(found.video, minlength=len(lengths)) > 0
    (empty,) = ((lengths > 0) & (smoothed.lengths > 0) & ~has).nonzero(as_tuple=True)
    order = torch.cat([found.video, empty]).argsort(stable=True)
    score = torch.cat([found.score, smoothed.values[empty, 0]])
    more = (0, len(empty))
    video = torch.cat([found.video, empty])[order]
    peak, onset, offset = (pad(x, more)[order] for x in (found.peak, onset, offset))
    return Candidates(video, peak, score[order]), onset, offset


def _at_least_one(k_p: int) -> int:
    if k_p < 1:
        msg = f"k_p, half the mean ME length: expected at least 1 sub-sampled frame, got {k_p}"
        raise ConfigError(msg)
    return k_p
