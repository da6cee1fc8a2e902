"""From a video's spotting score to candidate intervals: smoothing, threshold, peaks.

Everything works on a padded batch of videos, on the device of its inputs, without a host
synchronization per video. Shapes: V videos, L frames of the longest, N candidates.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import max_pool1d, pad

_DECIMALS = 12
"""Decimals of the centered smoothed score: rounding noise must not decide between equal peaks."""


@dataclass(frozen=True)
class Smoothed:
    """Smoothed score (V, L) and the frames that count in each row (V,).

    Attributes:
        first: the frame that each row begins with.
    """

    values: Tensor
    lengths: Tensor
    first: int = 0

    @property
    def inside(self) -> Tensor:
        """Which entries belong to a video (V, L)."""
        return torch.arange(self.values.shape[1], device=self.values.device) < self.lengths[:, None]

    def aligned(self, frames: int) -> Tensor:
        """The values (V, frames) at their frames; zero before the first and behind the last."""
        behind = max(0, frames - self.first - self.values.shape[1])
        return pad(self.values, (self.first, behind))[:, :frames]

    def trimmed(self, edge: int) -> "Smoothed":
        """Without `edge` values at both ends."""
        lengths = (self.lengths - 2 * edge).clamp(min=0)
        return Smoothed(self.values[:, edge:], lengths, self.first + edge)


@dataclass(frozen=True)
class Candidates:
    """Peaks of the smoothed score, in the order of videos and frames: each (N,)."""

    video: Tensor
    peak: Tensor
    score: Tensor


def smooth_authors(score: Tensor, lengths: Tensor, k_p: int) -> Smoothed:
    """Mean over 2 * k_p frames as `numpy.convolve(score, box, "same")` aligns it (released code).

    The box is even, so it reaches one frame further to the left, and its edges are attenuated. For
    a video shorter than the box, numpy returns as many values as the box has: so does this.

    Args:
        score: (V, L), zero beyond each length.
        lengths: (V,) frames of each video.
        k_p: half the mean ME length in frames, at least 1.
    """
    width = 2 * k_p
    if score.device.type == "cpu":
        return _smooth_numpy(score, lengths, width)
    return _smooth_torch(score, lengths, width)


def smooth_inside(score: Tensor, lengths: Tensor, k_p: int) -> Smoothed:
    """Mean over the frames j - k_p ... j + k_p - 1 for j = k_p ... length - k_p - 1 (SOFTNet).

    In numpy's order and in float32, as its authors compute it: both decide what ties on a plateau.
    """
    width, device = 2 * k_p, score.device
    rows = pad(score.float().cpu(), (0, max(0, width - score.shape[1]))).numpy()
    means = np.lib.stride_tricks.sliding_window_view(rows, width, axis=1).mean(2)  # (V, L - 2k + 1)
    return Smoothed(
        torch.from_numpy(means).double().to(device), (lengths - width).clamp(min=0), first=k_p
    )


def smooth_centered(score: Tensor, lengths: Tensor, k_p: int) -> Smoothed:
    """Mean over the 2 * k_p + 1 frames around each frame, zero outside the video.

    The zeros let an ME at the very edge of a video rise and fall inside it.
    """
    full = _running_mean(score, 2 * k_p + 1)  # (V, L + 2 k_p)
    values = full[:, k_p : k_p + score.shape[1]]  # (V, L)
    return Smoothed(values.round(decimals=_DECIMALS), lengths)


def peak_threshold(curve: Smoothed, fraction: float) -> Tensor:
    """Height (V,) a peak needs: mean + `fraction` * (max - mean) of the smoothed score."""
    values = torch.where(curve.inside, curve.values, 0.0)
    mean = values.sum(1) / curve.lengths.clamp(min=1)
    top = torch.where(curve.inside, curve.values, -torch.inf)
    top = pad(top, (0, 1), value=-torch.inf).amax(1)  # there may be no frame at all
    return mean + fraction * (top - mean)


def find_peaks(curve: Smoothed, height: Tensor, distance: int) -> Tensor:
    """Peak mask (V, L) equal to `scipy.signal.find_peaks(values, height, distance=distance)`.

    A flat top counts once, at the floor of its middle; one that touches an end of the video is no
    peak. Of two peaks closer than `distance` the higher stays, of equally high ones the later.
    (scipy leaves such ties to its sorting routine.)
    """
    values = torch.where(curve.inside, curve.values, torch.inf)
    peaks = _local_maxima(values) & curve.inside & (values >= height[:, None])
    return _thin_out(values, peaks, distance)


def candidates(curve: Smoothed, fraction: float, k_p: int) -> Candidates:
    """Peaks above the threshold, at least `k_p` frames apart (ME-TST, section II-A)."""
    return peaks_above(curve, peak_threshold(curve, fraction), k_p)


def peaks_above(curve: Smoothed, height: Tensor, distance: int) -> Candidates:
    """Peaks of a height (V,) or more, at least `distance` frames apart."""
    video, place = find_peaks(curve, height, distance).nonzero(as_tuple=True)
    return Candidates(video, place + curve.first, curve.values[video, place])


def _smooth_torch(score: Tensor, lengths: Tensor, width: int) -> Smoothed:
    """The aligned mean for accelerators, where numpy cannot compute."""
    full = _running_mean(score, width)  # (V, L + width - 1)
    shift = (lengths.clamp(1, width) - 1) // 2  # first sample that mode "same" keeps
    steps = torch.arange(max(score.shape[1], width), device=score.device)
    index = (steps + shift[:, None]).clamp(max=full.shape[1] - 1)
    return Smoothed(full.gather(1, index), lengths.clamp(min=width))  # (V, max(L, width))


def _smooth_numpy(score: Tensor, lengths: Tensor, width: int) -> Smoothed:
    """The aligned mean by numpy itself: its order of summation decides what ties on a plateau."""
    box = np.ones(width) / width
    values = np.zeros((len(score), max(score.shape[1], width)))  # (V, max(L, width))
    for row, curve, length in zip(values, score.double().numpy(), lengths.tolist(), strict=True):
        if length:
            smoothed = np.convolve(curve[:length], box, mode="same")
            row[: len(smoothed)] = smoothed
    return Smoothed(torch.from_numpy(values), lengths.clamp(min=width))


def _running_mean(score: Tensor, width: int) -> Tensor:
    """Full convolution (V, L + width - 1) with a box, summed from the earliest frame on."""
    padded = pad(score.double(), (width - 1, width - 1)) * (1.0 / width)
    samples = score.shape[1] + width - 1
    total = padded.new_zeros(len(score), samples)
    # Frame by frame: differences of cumulative sums would round equal windows unequally.
    for shift in range(width):
        total += padded[:, shift : shift + samples]
    return total


def _local_maxima(values: Tensor) -> Tensor:
    """Middles of the flat runs (V, L) that are higher than what precedes and follows them."""
    length = values.shape[1]
    if length < 3:
        return torch.zeros_like(values, dtype=torch.bool)
    index = torch.arange(length, device=values.device).expand_as(values)
    differs = values[:, 1:] != values[:, :-1]  # (V, L - 1)
    starts = pad(differs, (1, 0), value=True)
    ends = pad(differs, (0, 1), value=True)
    left = torch.where(starts, index, 0).cummax(1).values
    right = torch.where(ends, index, length).flip(1).cummin(1).values.flip(1)
    rises = values.gather(1, (left - 1).clamp(min=0)) < values
    falls = values.gather(1, (right + 1).clamp(max=length - 1)) < values
    return (index == (left + right) // 2) & rises & falls


def _thin_out(values: Tensor, peaks: Tensor, distance: int) -> Tensor:
    """Keep a peak unless a higher kept one lies less than `distance` away.

    Instead of visiting peaks one by one from the highest down, each round keeps all that top their
    neighborhood and removes those they shadow: the same result in a few rounds for all videos.
    """
    order = values.sort(dim=1, stable=True).indices
    # 1 for the lowest frame; of equal values the later ranks higher
    places = torch.arange(1, values.shape[1] + 1, device=values.device, dtype=values.dtype)
    rank = torch.zeros_like(values).scatter_(1, order, places.expand_as(values))
    kept = torch.zeros_like(peaks)
    open_ = peaks
    while bool(open_.any()):
        standing = torch.where(open_, rank, 0.0)
        tops = open_ & (standing == _window_max(standing, distance))
        kept = kept | tops
        open_ = open_ & (_window_max(tops.to(values), distance) == 0)
    return kept


def _window_max(values: Tensor, distance: int) -> Tensor:
    """Maximum over the frames less than `distance` away (V, L)."""
    return max_pool1d(values[:, None], 2 * distance - 1, stride=1, padding=distance - 1)[:, 0]
