"""Where the windows of a video start, and cutting sequences into them."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import ConfigError

Scalar = TypeVar("Scalar", bound=np.generic)


def window_starts(frames: int, k: int, tail: bool) -> NDArray[np.int64]:
    """First frames of a video's windows of `k` frames, half a window apart (ME-TST, section II-A).

    The regular windows cover `frames // (k // 2) * (k // 2)` frames. With `tail`, one more window
    ends at the last frame where the regular ones do not reach it; its start is the only one that
    is no multiple of `k // 2`. A video shorter than `k` has no window.

    Raises:
        ConfigError: `k` is odd or less than 2.
    """
    if k < 2 or k % 2:
        msg = f"window length k: expected an even number of frames, at least 2, got {k}"
        raise ConfigError(msg)
    half = k // 2
    starts = np.arange(max(0, frames // half - 1), dtype=np.int64) * half
    if tail and frames >= k and frames % half:
        starts = np.append(starts, np.int64(frames - k))
    return starts


def cut(sequence: NDArray[Scalar], starts: NDArray[np.int64], k: int) -> NDArray[Scalar]:
    """Windows (W, k) of a sequence (L,)."""
    windows: NDArray[Scalar] = sequence[starts[:, None] + np.arange(k)]  # (W, k)
    return windows
