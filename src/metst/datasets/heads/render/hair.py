"""Long hair: a curtain behind face and neck, as more vertices and triangles of the head."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PROFILE = (
    (8.1, 0.35),
    (7.95, 0.6),
    (7.7, 0.8),
    (7.3, 0.9),
    (6.8, 0.93),
    (6.2, 0.9),
    (5.6, 0.93),
    (5.2, 0.97),
)
"""Height and distance from its axis, dm, from the crown down."""

AXIS, FRONT = 0.25, 1.25
"""Place of the axis, dm to the front, and angle from the front, rad, where the curtain begins."""

ROWS, COLUMNS = 26, 40


def curtain(thickness: float) -> tuple[Floats, NDArray[np.int32]]:
    """Vertices (N, 3) and triangles (M, 3) of a curtain, its inner side included.

    Args:
        thickness: of the hair, dm.
    """
    heights, radii = np.array(PROFILE).T
    y = np.linspace(heights[0], heights[-1], ROWS)
    radius = np.interp(-y, -heights, radii) + 0.5 * thickness
    angle = np.linspace(FRONT, 2 * np.pi - FRONT, COLUMNS)
    grid = np.stack(
        [
            radius[:, None] * np.sin(angle),
            np.repeat(y[:, None], COLUMNS, 1),
            AXIS + radius[:, None] * np.cos(angle),
        ],
        axis=-1,
    )  # (ROWS, COLUMNS, 3)
    numbers = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    a, b, c, d = numbers[:-1, :-1], numbers[:-1, 1:], numbers[1:, :-1], numbers[1:, 1:]
    outer = np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, c, b), (b, c, d))])
    inner = outer[:, ::-1] + ROWS * COLUMNS
    points = np.concatenate([grid.reshape(-1, 3)] * 2)
    return points.astype(np.float32), np.concatenate([outer, inner]).astype(np.int32)
