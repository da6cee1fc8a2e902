"""Decoders over curves of samples: one value per frame pair, not per frame of a window.

Sample t of a video stands for frame `every` * t. Shapes: V videos, P samples of the longest, B
samples of all videos, E emotion classes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Protocol, Self

import torch
from torch import Tensor
from torch.nn.functional import pad
from torch.nn.utils.rnn import pad_sequence

from metst.datasets.labels.records import Kind, Recording
from metst.intervals.fitting import Constants, annotated, best_constants, finds
from metst.intervals.peaks import PEAK, PeakDecoder, clipped, unclipped
from metst.intervals.proposals import Proposals
from metst.intervals.spans import half_length_all, half_length_training
from metst.intervals.spotting import Smoothed, peak_threshold, peaks_above, smooth_centered
from metst.intervals.stitching import Curves
from metst.intervals.synergy import STRICT, Voting

PEAKS = [step / 100 for step in range(5, 100, 5)]
"""Values that are tried of the share p of the peak threshold."""


def sample_curves(score: Tensor, counts: Sequence[int], logits: Tensor | None = None) -> Curves:
    """Curves of videos from the outputs for their samples, in the order of the videos.

    Args:
        score: (B,) spotting score.
        counts: samples of each video.
        logits: (B, E) of a system whose classes lack neutral, which is then impossible, (B, E + 1)
            of one that has it; None of a system that names no emotions.
    """
    values = score.double()[:, None]  # (B, 1)
    if logits is not None:
        values = torch.cat([values, logits.double()], 1)
    padded = pad_sequence(
        list(torch.split(values, list(counts))), batch_first=True
    )  # (V, P, 1 + E)
    lengths = torch.tensor(counts, dtype=torch.int64).to(score.device)
    return Curves(padded[..., 0], padded[..., 1:], lengths)


class SampleDecoder(Protocol):
    """Intervals from the curves of samples, with constants that are fitted to training subjects."""

    @property
    def name(self) -> str:
        """`authors` or `strict`."""

    def fit(self, recordings: Sequence[Recording], subject: str) -> Constants:
        """Constants that need no curve, of the fold that leaves `subject` out.

        Raises:
            MetstError: nothing is annotated that they could be fitted to.
        """

    def fit_thresholds(
        self, curves: Curves, recordings: Sequence[Recording], constants: Constants
    ) -> Constants:
        """The constants with the thresholds that find most in training videos (best F1).

        Args:
            curves: of training videos.
            recordings: those videos, in the same order.
            constants: from `fit`.
        """

    def propose(
        self, curves: Curves, recordings: Sequence[Recording], constants: Constants
    ) -> Proposals:
        """Intervals of some videos, in frames, labeled where the curves have logits.

        Args:
            curves: of the videos in `recordings`, in the same order.
            recordings: of one subject or several.
            constants: from `fit` or `fit_thresholds`.
        """

    def named(self, curves: Curves, intervals: Proposals) -> Proposals:
        """Given intervals of the same videos, in frames, with probabilities and labels."""


@dataclass(frozen=True)
class Switches:
    """Quirks of a published decoder; true where it has them."""

    @classmethod
    def none(cls) -> Self:
        """Every one turned off: `strict`."""
        return cls(**dict.fromkeys((field.name for field in fields(cls)), False))


@dataclass(frozen=True)
class Quirks(Switches):
    """What `strict` does otherwise than MEAN and SOFTNet as published; each can be turned off.

    Attributes:
        even_box: the score is averaged over 2 k_p samples, one more before than behind; else over
            the 2 k_p + 1 around each.
        unclipped: intervals may reach beyond the ends of the video.
        dummy: a video without a peak has an interval of its first frame alone.
        all_subjects: k_p is measured over all subjects, the left-out one included.
    """

    even_box: bool = True
    unclipped: bool = True
    dummy: bool = True
    all_subjects: bool = True


class SamplePeaks(PeakDecoder):
    """Peaks with 2 k_p frames around them, where every frame has a sample: MEAN and SOFTNet.

    Constants: `k_p`, half the mean length, and `peak`, p of the peak threshold.
    """

    def fit(self, recordings: Sequence[Recording], subject: str) -> Constants:
        """k_p of the fold; p as published."""
        return {"k_p": self.half_length(recordings, subject), "peak": self.peak}

    def fit_thresholds(
        self, curves: Curves, recordings: Sequence[Recording], constants: Constants
    ) -> Constants:
        """The best p of 0.05 ... 0.95; the published one where none is better."""
        k_p = int(constants["k_p"])
        smoothed = self.smooth(curves.score, curves.lengths, k_p)
        mean, top = peak_threshold(smoothed, 0.0), peak_threshold(smoothed, 1.0)  # (V,)
        peaks = peaks_above(smoothed, mean, k_p)  # a higher threshold takes away from these only
        share = ((peaks.score - mean[peaks.video]) / (top - mean)[peaks.video]).cpu()
        truth = annotated(recordings, self.kind)
        found = finds(peaks.video, *self.limited(peaks, recordings, k_p), truth).cpu()
        grid = [constants, *({**constants, "peak": peak} for peak in PEAKS)]
        return best_constants(grid, lambda tried: found[share >= tried["peak"]], truth)

    def propose(
        self, curves: Curves, recordings: Sequence[Recording], constants: Constants
    ) -> Proposals:
        """See `SampleDecoder.propose`."""
        rules = replace(self, peak=constants["peak"])
        found = rules.around_peaks(self._with_neutral(curves), recordings, int(constants["k_p"]))
        return replace(found, facts=facts(self.kind, constants))

    def named(self, curves: Curves, intervals: Proposals) -> Proposals:
        """See `SampleDecoder.named`."""
        return self.voting.named(self._with_neutral(curves), intervals)

    def _with_neutral(self, curves: Curves) -> Curves:
        """Curves with an impossible neutral class, where the system has none."""
        if curves.logits.shape[-1] == 0 or "none" in self.voting.strategies:
            return curves
        return replace(curves, logits=pad(curves.logits, (0, 1), value=-torch.inf))


def sample_peaks(
    name: str,
    quirks: Quirks,
    even_box: Callable[[Tensor, Tensor, int], Smoothed],
    voting: Voting = STRICT,
    *,
    kind: Kind = "micro",
    peak: float = PEAK,
) -> SamplePeaks:
    """Decoder with these quirks.

    Args:
        name: `authors` or `strict`.
        quirks: that it has.
        even_box: smoothing by the published even box.
        voting: how intervals are named.
        kind: what is spotted.
        peak: p of the peak threshold.
    """
    return SamplePeaks(
        name=name,
        smooth=even_box if quirks.even_box else smooth_centered,
        limit=unclipped if quirks.unclipped else clipped,
        voting=voting,
        k_p_of=partial(half_length_all if quirks.all_subjects else half_length_training, kind=kind),
        peak=peak,
        kind=kind,
        dummy=quirks.dummy,
    )


def facts(kind: Kind, constants: Constants) -> Constants:
    """Constants by names that differ between kinds: those of micro-expressions go by their own."""
    return {name if kind == "micro" else f"{kind}_{name}": x for name, x in constants.items()}
