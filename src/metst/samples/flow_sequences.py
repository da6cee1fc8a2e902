"""ROI flow as the sequences that detectors read: a variation of ours, in the place of I3D.

Shapes: W windows of k frames, C flow channels, F frames of a video, T = half a window's frames.
"""

from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule
from metst.features.roi_flow import Alignment, Flow, Method, RoiFlow
from metst.features.source import Source
from metst.samples.fold import Fold
from metst.samples.sequences import Sequences
from metst.video.detectors import DEFAULT
from metst.video.face import LandmarkDetector


class FlowSequences(Sequences):
    """Displacement of each region since the first frame of a window, in training deviations.

    Args:
        k: frames per stored window of flow; those of ME-TST serve.
        ratio: see `Sequences`.
        labels: see `Sequences`.
        shuffle_labels: see `Sequences`.
        rois: facial regions, see `metst.samples.FlowWindows`; so are the others.
        detector: finds the faces.
        smooth: frames that landmarks are smoothed over.
        flow: what computes the flow.
        alignment: how face crops follow the head.
    """

    def __init__(
        self,
        k: int,
        ratio: float = 3.0,
        labels: Rule = "strict",
        shuffle_labels: bool = False,
        rois: str = "me_tst",
        detector: LandmarkDetector | str | None = DEFAULT,
        smooth: int = 0,
        flow: Flow = "farneback",
        alignment: Alignment = "pixel",
    ) -> None:
        super().__init__(ratio, labels, shuffle_labels)
        self.feature = self.roi_flow = RoiFlow(k, rois, detector, Method(flow, alignment, smooth))

    def open(self, fold: Fold, source: Source) -> None:
        """Take another fold."""
        super().open(fold, source)
        self.__dict__.pop("deviation", None)

    @property
    def channels(self) -> int:
        """Two per region."""
        return self.roi_flow.channels

    def vectors(self, recording: Recording) -> Tensor:
        """Displacement (C, F) since the first frame of a video, in pixels."""
        arrays = self.source.read(recording).arrays
        return torch.from_numpy(chained(arrays["windows"], arrays["starts"], recording.frames))

    def cut(self, vectors: Tensor, start: int) -> Tensor:
        """Means of frame pairs (C, T) from a frame on, relative to it; the last value is kept."""
        return self._cut(vectors, start) / self.deviation

    @cached_property
    def deviation(self) -> Tensor:
        """Standard deviation (C, 1) of each channel over all windows of what is trained on."""
        count, total, squares = 0, torch.zeros(1), torch.zeros(1)
        for recording in self.trained:  # their overlapping windows are gigabytes together
            video = self.vectors(recording)
            windows = [self._cut(video, start) for start in self.starts(recording)]
            values = torch.cat(windows, 1).double()
            count += values.shape[1]
            total = total + values.sum(1, keepdim=True)  # (C, 1)
            squares = squares + (values**2).sum(1, keepdim=True)
        variance = (squares - total**2 / count) / (count - 1)
        spread = variance.clamp(min=0).sqrt().float()
        return spread.where(spread > 0, 1.0)

    def _cut(self, vectors: Tensor, start: int) -> Tensor:
        window = vectors[:, start : start + self.plan.window]  # (C, F)
        relative = window - window[:, :1]
        padded = pad(relative, (0, self.plan.window - window.shape[1]), mode="replicate")
        return padded.reshape(len(padded), -1, 2).mean(2)


def chained(
    windows: NDArray[np.float32], starts: NDArray[np.int64], frames: int
) -> NDArray[np.float32]:
    """Displacement (C, F) since the first frame from overlapping windows (W, C, k).

    From frame to frame it grows by what the windows that hold both grow by, on average.

    Args:
        windows: each relative to its own first frame.
        starts: first frame (W,) of each window.
        frames: F; those that no window holds keep the last value.
    """
    k = windows.shape[2]
    total = np.zeros((windows.shape[1], frames), np.float64)
    holding = np.zeros(frames)
    for window, start in zip(windows, starts.tolist(), strict=True):
        inside = slice(start + 1, start + k)
        total[:, inside] += np.diff(window.astype(np.float64), axis=1)
        holding[inside] += 1
    curve: NDArray[np.float64] = np.cumsum(total / np.maximum(holding, 1), axis=1)
    return curve.astype(np.float32)
