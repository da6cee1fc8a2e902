"""From the outputs of overlapping windows back to one curve per video.

Shapes: N windows of one subject, k frames each, E emotions, V videos, L frames of the longest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from metst.base.errors import ConfigError
from metst.datasets.labels.records import Recording
from metst.features.windows import window_starts


@dataclass(frozen=True)
class WindowOutputs:
    """Network outputs for one subject: the windows of all its videos, in the order of the videos.

    Attributes:
        score: (N, k) spotting score in [0, 1].
        logits: (N, k, E+1) emotion logits, neutral last.
        windows: windows of each video: its regular ones, and its tail window if there is one.
        recordings: the videos.
        k: frames of a window.

    Raises:
        ConfigError: the number of windows contradicts a video's number of frames.
    """

    score: Tensor
    logits: Tensor
    windows: tuple[int, ...]
    recordings: tuple[Recording, ...]
    k: int

    def __post_init__(self) -> None:
        if sum(self.windows) != len(self.score) or len(self.windows) != len(self.recordings):
            msg = (
                f"outputs: {len(self.score)} windows came for {len(self.recordings)} videos "
                f"that should have {self.windows}"
            )
            raise ConfigError(msg)
        for recording, count in zip(self.recordings, self.windows, strict=True):
            allowed = {len(window_starts(recording.frames, self.k, tail)) for tail in (False, True)}
            if count not in allowed:
                msg = (
                    f"{recording.subject}/{recording.video}: {recording.frames} frames give "
                    f"{sorted(allowed)} windows of {self.k}, got {count}; extract its flow again"
                )
                raise ConfigError(msg)

    def placement(self) -> tuple[Tensor, Tensor]:
        """Video index (N,) and first frame (N,) of every window."""
        starts = [
            window_starts(recording.frames, self.k, tail=True)[:count]
            for recording, count in zip(self.recordings, self.windows, strict=True)
        ]
        video = np.repeat(np.arange(len(starts)), self.windows)
        start = np.concatenate([*starts, np.empty(0, dtype=np.int64)])
        device = self.score.device
        return torch.as_tensor(video, device=device), torch.as_tensor(start, device=device)


@dataclass(frozen=True)
class Curves:
    """Curves of all videos of one subject as one padded batch; zero beyond each length.

    Attributes:
        score: (V, L) float64 spotting score.
        logits: (V, L, E+1) float64 emotion logits.
        lengths: (V,) int64 frames of each curve.
    """

    score: Tensor
    logits: Tensor
    lengths: Tensor


def stitch_authors(outputs: WindowOutputs, batch_size: int, evaluated: Sequence[bool]) -> Curves:
    """Second halves of the windows, and the first half of each window that opens a batch.

    So does the released code, with two consequences: the first half-window of a video stays 0
    unless a batch begins there, and the curve depends on the batch size. Tail windows are ignored:
    a curve has `frames // (k // 2) * (k // 2)` frames.

    Args:
        outputs: the subject's windows.
        batch_size: windows per batch of the test loader.
        evaluated: for each video, whether the authors' code loads it. The others do not take part
            in its batches; here they queue behind.
    """
    half = outputs.k // 2
    video, start = outputs.placement()
    loaded = torch.as_tensor(np.repeat(np.asarray(evaluated, bool), outputs.windows)).to(
        video.device
    )
    regular = start % half == 0
    # rank of a regular window among those loaded, then among the others: its place in the batches
    behind = (regular & loaded).sum() * ~loaded
    rank = behind + torch.where(loaded, _rank(regular & loaded), _rank(regular & ~loaded))
    opens = regular & (rank % batch_size == 0)

    values = _values(outputs)  # (N, k, 1 + E+1)
    lengths = [recording.frames // half * half for recording in outputs.recordings]
    canvas = values.new_zeros(
        len(lengths), max(lengths, default=0), values.shape[2]
    )  # (V, L, 1 + E+1)
    _write(canvas, values[regular, half:], video[regular], start[regular] + half)
    _write(canvas, values[opens, :half], video[opens], start[opens])
    return _curves(canvas, lengths)


def stitch_average(outputs: WindowOutputs) -> Curves:
    """Mean over all windows that see a frame, tail windows included: all frames, any batch size."""
    half = outputs.k // 2
    video, start = outputs.placement()
    regular = start % half == 0
    values = _values(outputs)  # (N, k, 1 + E+1)
    values = torch.cat([values, torch.ones_like(values[..., :1])], dim=2)  # (N, k, 1 + E+1 + 1)
    lengths = [recording.frames for recording in outputs.recordings]
    shape = (len(lengths), max(lengths, default=0), values.shape[2])
    # Each part is free of overlaps, so the sum has one order, on every device.
    total = values.new_zeros(shape)  # (V, L, 1 + E+1 + 1)
    for part, rows, shift in (
        (values[:, :half], regular, 0),
        (values[:, half:], regular, half),
        (values, ~regular, 0),
    ):
        layer = values.new_zeros(shape)
        _write(layer, part[rows], video[rows], start[rows] + shift)
        total += layer
    return _curves(total[..., :-1] / total[..., -1:].clamp(min=1.0), lengths)


def _rank(member: Tensor) -> Tensor:
    """How many members precede each place (N,)."""
    return member.cumsum(0) - member.long()


def _values(outputs: WindowOutputs) -> Tensor:
    """Score and logits side by side in float64 (N, k, 1 + E+1)."""
    return torch.cat([outputs.score.double()[..., None], outputs.logits.double()], dim=2)


def _write(canvas: Tensor, values: Tensor, video: Tensor, start: Tensor) -> None:
    """Put pieces (M, m, ...) of videos (M,) at frames `start` (M,) of the canvas (V, L, ...)."""
    frames = start[:, None] + torch.arange(values.shape[1], device=start.device)  # (M, m)
    canvas[video[:, None], frames] = values


def _curves(canvas: Tensor, lengths: Sequence[int]) -> Curves:
    """Take score and logits of a canvas (V, L, 1 + E+1) apart."""
    return Curves(
        canvas[..., 0], canvas[..., 1:], torch.tensor(lengths, dtype=torch.int64).to(canvas.device)
    )
