"""Coarse steps, so that the last digits of a machine's mathematical functions change nothing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

STEP: Final = 2.0**-16
"""Exact in float32 up to 256; sine and its kin differ between machines by far less."""


def stepped(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """The values as multiples of `STEP`."""
    steps: NDArray[np.float64] = np.rint(values / STEP)
    return (steps * STEP).astype(np.float32)
