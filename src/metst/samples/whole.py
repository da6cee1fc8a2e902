"""Whole videos from their windows: of flow, and of a network's output.

Shapes: W windows of k frames, C flow channels, T frames of a video.
"""

import numpy as np
from numpy.typing import NDArray


def chain(
    windows: NDArray[np.float32], starts: NDArray[np.int64], frames: int
) -> NDArray[np.float32]:
    """One displacement curve per channel (C, frames) from overlapping flow windows (W, C, k).

    Each window is measured from its own first frame. It is shifted until it agrees, on average,
    with the frames it shares with the windows before it, and the mean of both is drawn there; so
    slow movements add up over a video. Frames that no window sees keep the last value.

    Args:
        windows: in the order of their starts.
        starts: first frame (W,) of each window; each overlaps the one before.
        frames: of the video.
    """
    channels, k = windows.shape[1:]
    curve = np.zeros((channels, frames), np.float32)
    end = 0
    for window, start in zip(windows, starts.tolist(), strict=True):
        shared = max(0, end - start)
        before = curve[:, start : start + shared]  # (C, shared)
        shift = (before - window[:, :shared]).mean(axis=1, keepdims=True) if shared else 0.0
        moved = window + shift  # (C, k)
        curve[:, start + shared : start + k] = moved[:, shared:]
        before[:] = (before + moved[:, :shared]) / 2
        end = start + k
    if 0 < end < frames:
        curve[:, end:] = curve[:, end - 1 : end]
    return curve


def whole_flow(
    windows: NDArray[np.float32], starts: NDArray[np.int64], frames: int
) -> NDArray[np.float32]:
    """Flow of a whole video (C, T) as a network can read it.

    The chained windows drift: flow adds up over minutes, while a window is measured from its own
    first frame. So each frame is given relative to the mean of the k frames around it, which leaves
    what is short, as micro-expressions are, and takes the rest away.

    Args:
        windows: flow windows (W, C, k), as for `chain`.
        starts: first frame (W,) of each window.
        frames: of the video.
    """
    curve = chain(windows, starts, frames)  # (C, T)
    from scipy.ndimage import uniform_filter1d  # half a second that readers of runs do without

    return curve - uniform_filter1d(curve, windows.shape[2], axis=1, mode="nearest")
