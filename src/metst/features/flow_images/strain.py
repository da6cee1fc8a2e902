"""Optical strain of a flow field: how much the skin is stretched and sheared at each pixel."""

import numpy as np
from numpy.typing import NDArray

Planes = NDArray[np.float32]


def strain_before(flow: Planes) -> Planes:
    """MEAN's strain (H, W) of flow (2, H, W): differences from the pixel to the left and above.

    Beyond the image flow does not change.
    """
    dx = np.diff(flow, axis=2, prepend=flow[:, :, :1])
    dy = np.diff(flow, axis=1, prepend=flow[:, :1])
    return _magnitude(dx, dy)


def strain_after(flow: Planes) -> Planes:
    """SOFTNet's strain (H, W) of flow (2, H, W): differences from the pixel to the right and below.

    The last column and row repeat those before them.
    """
    inner = _magnitude(np.diff(flow, axis=2)[:, :-1], np.diff(flow, axis=1)[:, :, :-1])
    return np.pad(inner, (0, 1), "edge")


def _magnitude(dx: Planes, dy: Planes) -> Planes:
    """Strain (H, W) from the derivatives of both components in x and in y, each (2, H, W)."""
    shear = dy[0] + dx[1]
    magnitude: Planes = np.sqrt(dx[0] ** 2 + dy[1] ** 2 + shear**2 / 2)
    return magnitude
