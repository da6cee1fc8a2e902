"""Curves as a few bytes of text inside a page; `page/decode.js` reads them.

Values become whole steps, steps become differences to the frame before, and those mostly small
numbers are deflated. The page's manifest holds the steps.
"""

import base64
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SCORE_STEP, SMOOTHED_STEP, PROBABILITY_STEP = 1 / 100, 1 / 200, 1 / 64
"""Half of a step is less than a pixel of a timeline; peaks of the smoothed score are compared
with the threshold, so its steps are finer."""

UNIT_STEP = 1 / 64
"""Step of the intensity of an action unit, which is 1 at most: an ME of 0.1 has six of them."""

FLOW_STEPS = (1 / 32, 1 / 16, 1 / 8, 1 / 4)
"""Steps of flow in crop pixels: the finest with which a page stays within `BUDGET`."""

BUDGET = 8_400_000
"""Bytes that all curves of a page may take as text; with all the rest it stays below 10 MB."""

_LIMIT = 2**14 - 1
"""Largest number of steps from zero: differences have to fit 16 bits."""


def pack(curves: Sequence[NDArray[np.floating]], steps: Sequence[float]) -> str:
    """Text of curves (T,) of equal length, rounded to whole steps.

    Layout before deflation: of every difference first the low bytes, then the high ones, curve
    after curve; a difference d is stored as 2d, or -2d - 1 where it is negative. A value beyond
    16383 steps is cut there, and what is no number becomes 0.
    """
    values = np.stack(curves) / np.asarray(steps)[:, None]  # (K, T)
    levels = np.rint(np.nan_to_num(values, posinf=_LIMIT, neginf=-_LIMIT))
    clipped = levels.clip(-_LIMIT, _LIMIT).astype(np.int32)
    change = np.diff(clipped, prepend=0, axis=1)  # (K, T)
    folded = ((change << 1) ^ (change >> 31)).astype(np.uint16)
    planes = np.stack([folded & 0xFF, folded >> 8]).astype(np.uint8)  # (2, K, T)
    # Noise does not repeat itself: looking for runs alone packs tighter here, and 30 times faster.
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    return base64.b64encode(packer.compress(planes.tobytes()) + packer.flush()).decode()
