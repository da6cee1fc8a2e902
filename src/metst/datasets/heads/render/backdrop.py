"""What is behind a person: an uneven wall with edges, out of focus."""

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.heads.render.jit import jit
from metst.datasets.heads.render.noise import layers

Floats = NDArray[np.float32]
Values = NDArray[np.float64]

PANELS = 5
BLUR = 0.02
"""Width of the soft edge of a panel, as a share of the picture."""


def backdrop(size: int, seed: int) -> Floats:
    """Light (H, W, 3), red first, of a background."""
    rng = generator(seed, "heads", "background")
    base = rng.uniform(0.25, 0.75) * rng.uniform(0.85, 1.0, 3)
    panels = rng.uniform(0, 1, (PANELS, 4)) * (1, 1, 0.5, 0.6)
    shades = rng.uniform(0.75, 1.25, PANELS)
    out = np.empty((size, size, 3), np.float32)
    _draw(out, base, panels, shades, int(rng.integers(2**20)))
    return out


@jit
def _draw(out: Floats, base: Values, panels: Values, shades: Values, seed: int) -> None:
    size = len(out)
    for row in range(size):
        for column in range(size):
            x, y = (column + 0.5) / size, (row + 0.5) / size
            tone = 1.05 - 0.25 * y + 0.08 * layers(3 * x, 3 * y, 0.5, seed, 3)
            for panel in range(len(panels)):
                inside = 1.0
                for at, middle, half in (
                    (x, panels[panel, 0], panels[panel, 2]),
                    (y, panels[panel, 1], panels[panel, 3]),
                ):
                    edge = (half / 2 - abs(at - middle)) / BLUR
                    share = min(1.0, max(0.0, edge + 0.5))
                    inside *= share * share * (3 - 2 * share)
                tone *= 1 + inside * (shades[panel] - 1)
            for channel in range(3):
                value = min(1.0, max(0.0, base[channel] * tone))
                out[row, column, channel] = value * value
