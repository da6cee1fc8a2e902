"""Parameters of Farnebäck's method."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Parameters:
    """Parameters of the method, under OpenCV's names.

    Attributes:
        pyr_scale: scale from a level of the pyramid to the next, less than 1.
        levels: most levels above the images' own scale.
        winsize: side of the window that equations are averaged over, in pixels.
        iterations: improvements of the flow per level.
        poly_n: reach of the neighborhood that a quadratic is fitted to, in pixels.
        poly_sigma: its Gaussian weight, in pixels.
    """

    pyr_scale: float = 0.5
    levels: int = 3
    winsize: int = 15
    iterations: int = 5
    poly_n: int = 7
    poly_sigma: float = 1.5


REGULARIZATION = 1e-3
"""Added to the determinant of the equations for a displacement (OpenCV)."""

DEFAULT = Parameters()
"""For small images; what the kernels for the CPU are compiled for."""
