"""From window outputs to a predictions table: the stages of one protocol put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from metst.base.errors import ConfigError
from metst.datasets.labels.records import Recording
from metst.intervals.spotting import Smoothed, candidates, peak_threshold
from metst.intervals.stitching import Curves, Outputs
from metst.intervals.synergy import STRATEGIES, Motion, Span, frame_classes, mean_probabilities
from metst.scoring.metrics.scores import Scores
from metst.scoring.protocols.labeled import Labeled
from metst.scoring.protocols.scoring import Scoring


@dataclass(frozen=True)
class Rules:
    """One function per stage from window outputs to labeled intervals.

    Attributes:
        stitch: windows of a subject -> curves of its videos.
        smooth: (score, lengths, k_p) -> smoothed score.
        limit: (onset, offset, last frame) -> the same within what is allowed.
        span: (video, onset, offset, lengths, longest interval) -> frames that vote.
        vote: (frame classes, voting frames, probabilities) -> label.
        half_length: (all recordings, held-out subject) -> k_p.
    """

    stitch: Callable[[Outputs], Curves]
    smooth: Callable[[Tensor, Tensor, int], Smoothed]
    limit: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]
    span: Callable[[Tensor, Tensor, Tensor, Tensor, int], Span]
    vote: Callable[[Tensor, Span, Tensor], Tensor]
    half_length: Callable[[Sequence[Recording], str], int]


@dataclass(frozen=True)
class Protocol:
    """All stages from window outputs to scores, by one set of rules.

    Attributes:
        rules: from window outputs to labeled intervals.
        scoring: from those to scores.
        peak: where the peak threshold lies between mean and maximum of the smoothed score.
    """

    rules: Rules
    scoring: Scoring
    peak: float

    @property
    def name(self) -> str:
        """Name of the protocol."""
        return self.scoring.name

    def curves(self, outputs: Outputs) -> Curves:
        """Curves of the subject's videos, in their order, on the device of the outputs."""
        return self.rules.stitch(outputs)

    def half_length(self, recordings: Sequence[Recording], subject: str) -> int:
        """k_p of the fold that leaves `subject` out, in sub-sampled frames.

        Raises:
            MetstError: there is no ME to measure, or they are too short.
        """
        return _at_least_one(self.rules.half_length(recordings, subject))

    def spotting_curve(self, curves: Curves, k_p: int) -> tuple[Smoothed, Tensor]:
        """Smoothed score of each video and the height (V,) that a peak needs."""
        smoothed = self.rules.smooth(curves.score, curves.lengths, k_p)
        return smoothed, peak_threshold(smoothed, self.peak)

    def label(
        self,
        curves: Curves,
        recordings: Sequence[Recording],
        k_p: int,
        motion: Motion | None = None,
    ) -> Labeled:
        """Candidates with a label by each strategy, on the device of the curves.

        Args:
            curves: of the videos in `recordings`, in the same order.
            recordings: of one subject or several.
            k_p: half the mean ME length in sub-sampled frames.
            motion: of the same videos; without it, nothing can be decided per candidate.

        Raises:
            ConfigError: `k_p` is less than 1: smoothing needs at least one frame on each side.
        """
        smoothed = self.rules.smooth(curves.score, curves.lengths, _at_least_one(k_p))
        found = candidates(smoothed, self.peak, k_p)
        last = torch.tensor([r.frames - 1 for r in recordings]).to(found.video)[found.video]
        onset, offset = self.rules.limit(found.peak - k_p, found.peak + k_p, last)
        span = self.rules.span(found.video, onset, offset, curves.lengths, 2 * k_p + 1)
        probabilities = mean_probabilities(curves.logits, span)  # (N, E+1)
        labels = {}
        for name in ("none", "recognition_first", "spotting_first"):
            classes = frame_classes(curves.logits, STRATEGIES[name].neutral_votes)  # (V, L)
            labels[name] = self.rules.vote(classes, span, probabilities)
        if motion is not None:
            noisy = motion.noisy(found.video, onset, offset, 2 * k_p + 1)  # (N,)
            decided = labels["recognition_first"], labels["spotting_first"]
            labels["per_candidate"] = torch.where(noisy, *decided)
        return Labeled(found, onset, offset, probabilities, labels)

    def predictions(
        self,
        curves: Curves,
        recordings: Sequence[Recording],
        k_p: int,
        motion: Motion | None = None,
    ) -> pd.DataFrame:
        """The predictions table of `label`: one block of rows per strategy, same candidates.

        Candidates labeled neutral stay in the table, also where the strategy withdraws them, so
        that it shows what was rejected.
        """
        return self.label(curves, recordings, k_p, motion).table(self.name, recordings)

    def evaluate(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], synergy: str
    ) -> Scores:
        """Scores of one strategy of a predictions table, over all recordings together."""
        return self.scoring.evaluate(predictions, recordings, synergy)


def _at_least_one(k_p: int) -> int:
    if k_p < 1:
        msg = f"k_p, half the mean ME length: expected at least 1 sub-sampled frame, got {k_p}"
        raise ConfigError(msg)
    return k_p
