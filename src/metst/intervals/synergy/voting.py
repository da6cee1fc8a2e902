"""The label of intervals by every synergy strategy that looks at one interval alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from metst.intervals.proposals import Proposals
from metst.intervals.stitching import Curves
from metst.intervals.synergy.labels import (
    Span,
    frame_classes,
    label_first_seen,
    label_most_probable,
    mean_probabilities,
    span_authors,
    span_inclusive,
)
from metst.intervals.synergy.strategies import STRATEGIES

Ends = tuple[Tensor, Tensor, Tensor]


def _until_offset(_peak: Tensor, offset: Tensor) -> Tensor:
    return offset


@dataclass(frozen=True)
class Voting:
    """Which frames of an interval vote, and how.

    Attributes:
        span: (video, onset, last, lengths, longest interval) -> frames that vote.
        vote: (frame classes, voting frames, probabilities) -> label.
        last: (peak, offset) -> `last` of the span; the offset, where all of an interval votes.
        strategies: whose labels are given.
        neutral_at_zero: when a frame is neutral, see `frame_classes`, where a neutral interval is
            withdrawn (BoostingVRME).
    """

    span: Callable[[Tensor, Tensor, Tensor, Tensor, int], Span]
    vote: Callable[[Tensor, Span, Tensor], Tensor]
    last: Callable[[Tensor, Tensor], Tensor] = _until_offset
    strategies: tuple[str, ...] = ("none", "recognition_first", "spotting_first")
    neutral_at_zero: bool = False

    def named(self, curves: Curves, intervals: Proposals, every: int = 1) -> Proposals:
        """Given intervals of the same videos with probabilities and labels, on their device.

        Frames that no network has seen do not vote; an interval of these alone is neutral.

        Args:
            curves: with logits, neutral last; all 0 where nothing was seen.
            intervals: of whatever system.
            every: frames that each value of the curves stands for.
        """
        device = curves.score.device
        columns = (intervals.onset, intervals.apex, intervals.offset)
        onset, peak, offset = (x.to(device) // every for x in columns)
        longest = int((offset - onset).max()) + 1 if len(onset) else 1
        ends = onset, peak, offset
        voting = replace(self, span=_of_seen(self.span, (curves.logits != 0).any(-1)))
        probabilities, labels = voting.label(curves, intervals.video.to(device), ends, longest)
        labels = {name: label.to(intervals.onset.device) for name, label in labels.items()}
        own = probabilities.to(intervals.onset.device)
        return replace(intervals, probabilities=own, labels=labels)

    def label(
        self, curves: Curves, video: Tensor, ends: Ends, longest: int
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Mean probabilities (N, E + 1) of intervals, and their class (N,) by each strategy.

        Args:
            curves: with logits, neutral last.
            video: (N,) video of each interval.
            ends: onset, peak and offset, each (N,), on the axis of the curves.
            longest: no interval is longer.
        """
        logits, (onset, peak, offset) = curves.logits, ends
        last = self.last(peak, offset).maximum(onset)  # a given interval may begin at its peak
        span = self.span(video, onset, last, curves.lengths, longest)
        probabilities = mean_probabilities(logits, span)  # (N, E + 1)
        labels = {}
        for name in self.strategies:
            rules = STRATEGIES[name]
            at_zero = self.neutral_at_zero and rules.drops_neutral
            classes = frame_classes(logits, rules.neutral_votes, at_zero)  # (V, L)
            labels[name] = self.vote(classes, span, probabilities)
        return probabilities, labels


def _of_seen(rule: Callable[..., Span], seen: Tensor) -> Callable[..., Span]:
    """A rule of voting frames, of those that were seen (V, L) alone."""

    def spans(*where: Any) -> Span:  # noqa: ANN401 - as the rule
        span = rule(*where)
        return replace(span, votes=span.votes & span.take(seen))

    return spans


RELEASED = Voting(span_authors, label_first_seen)
"""ME-TST's released code."""

STRICT = Voting(span_inclusive, label_most_probable)
"""Every frame of the interval votes."""
