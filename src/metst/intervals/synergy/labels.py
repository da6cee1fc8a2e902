"""The label of a candidate: which frames vote, and how votes are counted.

Shapes: V videos, L frames of the longest, E emotions (neutral is class E), N candidates, M frames
of the longest candidate.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad


@dataclass(frozen=True)
class Span:
    """The frames that vote for the labels of candidates; M is the longest interval.

    Attributes:
        video: (N,) video of each candidate.
        frames: (N, M) consecutive frames.
        votes: (N, M) whether a frame votes.
    """

    video: Tensor
    frames: Tensor
    votes: Tensor

    @staticmethod
    def between(video: Tensor, first: Tensor, stop: Tensor, longest: int) -> "Span":
        """Frames `first` ... `stop` - 1, each (N,), of intervals of at most `longest` frames."""
        frames = first[:, None] + torch.arange(longest, device=first.device)  # (N, M)
        return Span(video, frames, frames < stop[:, None])

    def take(self, values: Tensor) -> Tensor:
        """Values (V, L, ...) of the frames (N, M, ...); anything where a frame does not vote."""
        return values[self.video[:, None], torch.where(self.votes, self.frames, 0)]


def frame_classes(logits: Tensor, neutral_votes: bool, neutral_at_zero: bool = False) -> Tensor:
    """Most likely class of each frame (V, L) from logits (V, L, E+1); ties: the first.

    Args:
        logits: neutral last.
        neutral_votes: whether a frame can be neutral.
        neutral_at_zero: 0 stands for the neutral logit: only a frame where every emotion's logit is
            below 0 is neutral.
    """
    emotions = logits[..., :-1]
    if not neutral_votes:
        return emotions.argmax(-1)
    return (pad(emotions, (0, 1)) if neutral_at_zero else logits).argmax(-1)


def span_authors(
    video: Tensor, onset: Tensor, offset: Tensor, lengths: Tensor, longest: int
) -> Span:
    """Frames onset + 1 ... offset - 2, never frame 0, cut at the end (released code)."""
    first = onset.clamp(min=0) + 1
    stop = (offset.clamp(min=0) - 1).clamp(min=1).minimum(lengths[video])
    return Span.between(video, first, stop, longest)


def span_inclusive(
    video: Tensor, onset: Tensor, offset: Tensor, lengths: Tensor, longest: int
) -> Span:
    """All frames of the interval that the video has."""
    return Span.between(video, onset.clamp(min=0), (offset + 1).minimum(lengths[video]), longest)


def mean_probabilities(logits: Tensor, span: Span) -> Tensor:
    """Mean class probabilities (N, E+1) over the voting frames; certainly neutral without any."""
    probabilities = span.take(logits.softmax(-1)) * span.votes[..., None]  # (N, M, E+1)
    voters = span.votes.sum(1)[:, None]
    mean = probabilities.sum(1) / voters.clamp(min=1)  # (N, E+1)
    mean[:, -1] += (voters == 0)[:, 0]
    return mean


def labels_of(probabilities: Tensor, neutral: bool) -> dict[str, Tensor]:
    """Label (N,) of each interval by the strategies that need its probabilities alone.

    Args:
        probabilities: (N, E + 1).
        neutral: whether they know the neutral class; without, every interval stays.
    """
    emotion = probabilities[:, :-1].argmax(1)
    if not neutral:
        return {"spotting_first": emotion}
    label = probabilities.argmax(1)
    return {"none": label, "recognition_first": label, "spotting_first": emotion}


def label_first_seen(classes: Tensor, span: Span, probabilities: Tensor) -> Tensor:
    """Most frequent class of the voting frames (N,); ties: the first seen (released code).

    Without any voting frame the label is neutral, where the released code stops with an
    IndexError; its authors' later code returns neutral as well.

    Args:
        classes: (V, L) class of each frame.
        span: the voting frames.
        probabilities: (N, E+1); only their number of classes matters here.
    """
    seen = _ballots(classes, span, probabilities.shape[1])  # (N, M, E+1)
    longest = seen.shape[1]
    early = longest - seen.long().argmax(1)  # (N, E+1), larger the sooner a class is seen
    return _elect(seen.sum(1) * (longest + 1) + early, span)


def label_most_probable(classes: Tensor, span: Span, probabilities: Tensor) -> Tensor:
    """Most frequent class of the voting frames (N,); ties: the more probable on average.

    Args:
        classes: (V, L) class of each frame.
        span: the voting frames.
        probabilities: (N, E+1) mean probabilities over the voting frames.
    """
    votes = _ballots(classes, span, probabilities.shape[1]).sum(1)  # (N, E+1)
    return _elect(votes + torch.where(votes > 0, probabilities, 0.0) / 2, span)


def _ballots(classes: Tensor, span: Span, count: int) -> Tensor:
    """Which voting frame names which class (N, M, count)."""
    named = span.take(classes)[..., None] == torch.arange(count, device=classes.device)
    return named & span.votes[..., None]


def _elect(merit: Tensor, span: Span) -> Tensor:
    """Class (N,) of the largest merit (N, E+1); neutral where nobody votes."""
    return torch.where(span.votes.any(1), merit.argmax(1), merit.shape[1] - 1)
