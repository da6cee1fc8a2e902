"""From the curves of videos to intervals with labels: the stages of one decoder put together.

Each system has two: `authors`, as the released code does it, and `strict`, with its quirks
corrected and nothing taken from the held-out subject. How the intervals are judged is another
matter, see `metst.scoring.protocols`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from metst.base.errors import ConfigError, MetstError
from metst.datasets.labels.authors import half_length, video_lists
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import samples
from metst.intervals.proposals import FrameCurves, Proposals
from metst.intervals.spotting import (
    Smoothed,
    candidates,
    peak_threshold,
    smooth_authors,
    smooth_centered,
)
from metst.intervals.stitching import Curves, WindowOutputs, stitch_authors, stitch_average
from metst.intervals.synergy import (
    STRATEGIES,
    Motion,
    Span,
    frame_classes,
    label_first_seen,
    label_most_probable,
    mean_probabilities,
    span_authors,
    span_inclusive,
)

DecoderName = Literal["authors", "strict"]
DECODERS: tuple[DecoderName, ...] = ("authors", "strict")

PEAK = 0.55
"""Where the peak threshold lies between mean and maximum of the smoothed score (released code)."""


@dataclass(frozen=True)
class Decoder:
    """Peaks of the smoothed score, an interval of 2 k_p frames around each (ME-TST, section II).

    Attributes:
        name: `authors` or `strict`.
        stitch: windows of a subject -> curves of its videos.
        smooth: (score, lengths, k_p) -> smoothed score.
        limit: (onset, offset, last frame) -> the same within what is allowed.
        span: (video, onset, offset, lengths, longest interval) -> frames that vote.
        vote: (frame classes, voting frames, probabilities) -> label.
        k_p_of: (all recordings, held-out subject) -> k_p, half the mean ME length.
        peak: where the peak threshold lies between mean and maximum of the smoothed score.
    """

    name: str
    stitch: Callable[[WindowOutputs], Curves]
    smooth: Callable[[Tensor, Tensor, int], Smoothed]
    limit: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
    span: Callable[[Tensor, Tensor, Tensor, Tensor, int], Span]
    vote: Callable[[Tensor, Span, Tensor], Tensor]
    k_p_of: Callable[[Sequence[Recording], str], int]
    peak: float = PEAK

    def curves(self, outputs: WindowOutputs) -> Curves:
        """Curves of the subject's videos, in their order, on the device of the outputs."""
        return self.stitch(outputs)

    def half_length(self, recordings: Sequence[Recording], subject: str) -> int:
        """k_p of the fold that leaves `subject` out, in sub-sampled frames.

        Raises:
            MetstError: there is no ME to measure, or they are too short.
        """
        return _at_least_one(self.k_p_of(recordings, subject))

    def spotting_curve(self, curves: Curves, k_p: int) -> tuple[Smoothed, Tensor]:
        """Smoothed score of each video and the height (V,) that a peak needs."""
        smoothed = self.smooth(curves.score, curves.lengths, k_p)
        return smoothed, peak_threshold(smoothed, self.peak)

    def propose(
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
        found = candidates(smoothed, self.peak, k_p)
        last = torch.tensor([r.frames - 1 for r in recordings]).to(found.video)[found.video]
        onset, offset = self.limit(found.peak - k_p, found.peak + k_p, last)
        named = curves.logits.shape[-1] > 0
        probabilities, labels = None, {"none": torch.full_like(found.video, -1)}
        if named:
            span = self.span(found.video, onset, offset, curves.lengths, 2 * k_p + 1)
            probabilities = mean_probabilities(curves.logits, span)  # (N, E+1)
            labels = self._labels(curves.logits, span, probabilities)
        if named and motion is not None:
            noisy = motion.noisy(found.video, onset, offset, 2 * k_p + 1)  # (N,)
            decided = labels["recognition_first"], labels["spotting_first"]
            labels["per_candidate"] = torch.where(noisy, *decided)
        return Proposals(
            *(self.name, tuple(recordings), found.video, onset, found.peak, offset, found.score),
            labels,
            probabilities,
            facts={"k_p": k_p},
            curves=FrameCurves(
                curves.score,
                smoothed.values[:, : curves.score.shape[1]],
                threshold,
                curves.lengths,
                curves.logits.softmax(-1) if named else None,
            ),
        )

    def _labels(self, logits: Tensor, span: Span, probabilities: Tensor) -> dict[str, Tensor]:
        """Class (N,) of each candidate by the strategies that look at the candidate alone."""
        labels = {}
        for name in ("none", "recognition_first", "spotting_first"):
            classes = frame_classes(logits, STRATEGIES[name].neutral_votes)  # (V, L)
            labels[name] = self.vote(classes, span, probabilities)
        return labels


def get_decoder(name: str, *, k: int, batch_size: int = 1, peak: float = PEAK) -> Decoder:
    """Decoder by name.

    Args:
        name: `authors` or `strict`.
        k: frames per window.
        batch_size: windows per test batch; only the authors' stitching depends on it.
        peak: p of the peak threshold, 0.55 in the released code.

    Raises:
        ConfigError: the name is not known, or k or batch_size cannot be used.
    """
    if name not in DECODERS:
        msg = f"decoder: expected one of {', '.join(DECODERS)}, got {name!r}"
        raise ConfigError(msg)
    if k < 2 or k % 2 or batch_size < 1:
        msg = f"decoder: expected an even k and batch_size >= 1, got {k=}, {batch_size=}"
        raise ConfigError(msg)
    if name == "strict":
        return Decoder(
            name="strict",
            stitch=stitch_average,
            smooth=smooth_centered,
            limit=_clipped,
            span=span_inclusive,
            vote=label_most_probable,
            k_p_of=_half_length_training,
            peak=peak,
        )
    return Decoder(
        name="authors",
        stitch=partial(_stitch_as_released, batch_size=batch_size),
        smooth=smooth_authors,
        limit=_unclipped,
        span=span_authors,
        vote=label_first_seen,
        k_p_of=_half_length_all,
        peak=peak,
    )


def _stitch_as_released(outputs: WindowOutputs, batch_size: int) -> Curves:
    """The released stitching of a subject whose videos without MEs are not loaded."""
    loaded = [video_lists(recording).kept for recording in outputs.recordings]
    return stitch_authors(outputs, batch_size, loaded)


def _half_length_all(recordings: Sequence[Recording], _subject: str) -> int:
    """k_p over all subjects, the held-out one included (released code)."""
    return half_length(recordings)


def _half_length_training(recordings: Sequence[Recording], subject: str) -> int:
    """k_p over the training subjects, at least 1."""
    training = [r for r in recordings if r.subject != subject]
    lengths = [s.offset - s.onset for r in training for s in samples(r, "strict")]
    if not lengths:
        msg = f"k_p: no micro-expression is annotated outside of subject {subject}; check labels"
        raise MetstError(msg)
    return max(1, int((sum(lengths) / len(lengths) + 1) / 2))


def _unclipped(onset: Tensor, offset: Tensor, _last: Tensor) -> tuple[Tensor, Tensor]:
    """Intervals may reach beyond both ends of the video (released code)."""
    return onset, offset


def _clipped(onset: Tensor, offset: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
    """Intervals end at the ends of the video."""
    return onset.clamp(min=0), torch.minimum(offset, last)


def _at_least_one(k_p: int) -> int:
    if k_p < 1:
        msg = f"k_p, half the mean ME length: expected at least 1 sub-sampled frame, got {k_p}"
        raise ConfigError(msg)
    return k_p
