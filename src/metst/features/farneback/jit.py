"""Kernels of Farnebäck's method, after OpenCV's implementation, rounding included: what they share.

The order of operations and the precision of intermediate values are OpenCV's, so that flow is equal
to the last bit: who averages the *longest* vectors of a flow field finds that a rounding error that
swaps two vectors of almost equal length moves the average much further than itself. For that reason
no fast math.

What makes them faster than OpenCV: images are planes, not interleaved; loops are short and name few
arrays, so that they vectorize (LLVM gives up where too many arrays might overlap); and all that
depends on one image alone is computed once per image, not once per pair.

Shapes: H x W pixels. Expansion (5, H, W): the quadratic around each pixel, coefficients of y, x,
y², x², xy. System (5, H, W): least-squares equations, entries xx, xy, yy, x, y. Flow (2, H, W).
"""

import numpy as np
from numpy.typing import NDArray

from metst.base.compiled import compiler

Planes = NDArray[np.float32]
Sums = NDArray[np.float64]
Indices = NDArray[np.int32]

jit = compiler()
