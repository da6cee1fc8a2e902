"""Motion noise: how fast the face moves around a candidate.

Blinks and head movements make candidates that look like MEs to the spotting pathway. ME-TST,
section II-C, lets recognition decide amid such noise, but does not define its measure. Here it is
measured in the flow itself, against what annotated MEs of the training subjects make.

Shapes: N windows of k frames, C flow channels, V videos, L frames of the longest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from metst.base.errors import MetstError
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import samples
from metst.intervals.stitching import WindowOutputs, stitch_average
from metst.intervals.synergy.labels import Span, span_inclusive

QUANTILE = 0.9
"""Share of the annotated MEs that move no faster than the threshold; our choice."""


@dataclass(frozen=True)
class Motion:
    """How fast the faces of some videos move, and what is too fast for an ME.

    Attributes:
        speed: (V, L) in crop pixels per frame.
        threshold: from `motion_threshold`, on training subjects only.
    """

    speed: Tensor
    threshold: float

    def noisy(self, video: Tensor, onset: Tensor, offset: Tensor, longest: int) -> Tensor:
        """Whether the fastest frame of each interval (N,) exceeds the threshold."""
        return peak_speed(self.speed, video, onset, offset, longest) > self.threshold


def frame_speed(flow: Tensor) -> Tensor:
    """Root mean square over channels of the change since the frame before: (N, C, k) -> (N, k).

    The first frame of a window has no frame before it; it takes the value of the second.
    """
    change = flow.double().diff(dim=2)  # (N, C, k - 1)
    speed = change.square().mean(1).sqrt()  # (N, k - 1)
    return torch.cat([speed[:, :1], speed], dim=1)  # (N, k)


def speed_curves(
    flow: Tensor, windows: Sequence[int], recordings: Sequence[Recording], k: int
) -> Tensor:
    """Speed (V, L) of whole videos from their flow windows (N, C, k).

    Args:
        flow: windows of all videos, in their order.
        windows: number of windows of each video, tail windows included or not.
        recordings: the videos.
        k: frames of a window.
    """
    speed = frame_speed(flow)
    nothing = speed.new_zeros(*speed.shape, 0)  # no logits
    return stitch_average(WindowOutputs(speed, nothing, tuple(windows), tuple(recordings), k)).score


def peak_speed(speed: Tensor, video: Tensor, onset: Tensor, offset: Tensor, longest: int) -> Tensor:
    """Largest speed (N,) within intervals of at most `longest` frames; 0 outside of the video."""
    videos, frames = speed.shape
    # Beyond its own frames the speed of a video is 0, so each may be as long as the longest.
    lengths = torch.full((videos,), frames, device=speed.device)
    span: Span = span_inclusive(video, onset, offset, lengths, longest)
    return (span.take(speed) * span.votes).amax(1)


def motion_threshold(
    speed: Tensor, recordings: Sequence[Recording], quantile: float = QUANTILE
) -> float:
    """Speed that `quantile` of the annotated MEs do not exceed.

    Args:
        speed: (V, L) of the training subjects' videos.
        recordings: those videos, in the same order.
        quantile: share of MEs that are to count as undisturbed.

    Raises:
        MetstError: no ME is annotated in them.
    """
    rows = [(v, s.onset, s.offset) for v, r in enumerate(recordings) for s in samples(r, "strict")]
    if not rows:
        msg = "motion threshold: no micro-expression is annotated in the training videos"
        raise MetstError(msg)
    video, onset, offset = torch.tensor(rows, device=speed.device).unbind(1)
    longest = max(off - on + 1 for _, on, off in rows)
    return float(peak_speed(speed, video, onset, offset, longest).quantile(quantile))
