"""Numba kernels of a convolution that keeps the size of its images.

Shapes: B images, I input and O output channels, H x W pixels, K x K taps, K odd, M = I K K.

An image lies in scratch with zeros around it and its rows one behind the other, so that a tap is a
shift of the whole image and every step fills its vectors; what is computed between the rows is not
read. Libraries take vectors of channels, which three channels do not fill.
"""

import numpy as np
from numpy.typing import NDArray

from metst.base.compiled import compiler
from metst.base.simd import LANES, fma, load, spread, store, total

Array = NDArray[np.float32]

_STEP = 2 * LANES  # outputs at a time: enough independent sums to hide the latency of each
TAPS = 4  # taps at a time in the sums over pixels, for the same reason
_ZERO = np.float32(0)

# Of fast math only what lets sums be vectorized.
jit = compiler(fastmath={"reassoc", "contract", "nsz"})


@jit
def _scratch(channels: int, rows: int, columns: int, size: int) -> Array:
    """Zeros for an image with its margin, and for what the last vectors read behind it."""
    stride = columns + size - 1
    length = (rows * stride + _STEP - 1) // _STEP * _STEP
    return np.zeros((channels, length + (size - 1) * (stride + 1)), np.float32)


@jit
def _offsets(channels: int, columns: int, size: int, length: int) -> NDArray[np.int64]:
    """Where each tap begins in scratch of so many numbers per channel: (M,), filled up with 0."""
    count = channels * size * size
    offsets = np.zeros((count + TAPS - 1) // TAPS * TAPS, np.int64)
    for tap in range(count):
        channel, place = tap // (size * size), tap % (size * size)
        offsets[tap] = channel * length + place // size * (columns + size - 1) + place % size
    return offsets


@jit
def _place(image: Array, stride: int, first: int, scratch: Array) -> None:
    """Write the rows of an image (I, H, W) into scratch, from number `first` on."""
    for channel in range(image.shape[0]):
        for row in range(image.shape[1]):
            for column in range(image.shape[2]):
                scratch[channel, first + row * stride + column] = image[channel, row, column]


@jit
def convolve(x: Array, weight: Array, bias: Array, y: Array, part: tuple[int, int]) -> None:
    """Write the images `part[0]` to `part[1]`, last excluded, of `y` (B, O, H, W).

    `x` is (B, I, H, W), `weight` (O, I, K, K), `bias` (O,).
    """
    channels, rows, columns = x.shape[1:]
    size = weight.shape[2]
    stride, margin = columns + size - 1, size // 2
    count = channels * size * size
    weights = weight.reshape(weight.shape[0], count)
    padded = _scratch(channels, rows, columns, size)
    offsets = _offsets(channels, columns, size, padded.shape[1])
    sums = np.empty((rows * stride + _STEP - 1) // _STEP * _STEP, np.float32)
    for image in range(part[0], part[1]):
        _place(x[image], stride, margin * (stride + 1), padded)
        for output in range(weight.shape[0]):
            for at in range(0, len(sums), _STEP):
                one = other = spread(bias[output])
                for tap in range(count):
                    factor, place = spread(weights[output, tap]), at + offsets[tap]
                    one = fma(factor, load(padded, place), one)
                    other = fma(factor, load(padded, place + LANES), other)
                store(sums, at, one)
                store(sums, at + LANES, other)
            for row in range(rows):
                for column in range(columns):
                    y[image, output, row, column] = sums[row * stride + column]


@jit
def weigh(x: Array, grad: Array, size: int, dweight: Array, part: tuple[int, int]) -> None:
    """Gradients of the weights by images `part[0]` to `part[1]`, last excluded.

    Of each image (I, H, W) and gradient of its outputs (O, H, W); `dweight` is (B, O, M), and has
    room for `TAPS` more.
    """
    channels, rows, columns = x.shape[1:]
    stride, margin = columns + size - 1, size // 2
    padded = _scratch(channels, rows, columns, size)
    offsets = _offsets(channels, columns, size, padded.shape[1])
    outer = _scratch(grad.shape[1], rows, columns, size)
    length, span = outer.shape[1], rows * stride
    for image in range(part[0], part[1]):
        _place(x[image], stride, margin * (stride + 1), padded)
        _place(grad[image], stride, 0, outer)
        for output in range(grad.shape[1]):
            for tap in range(0, len(offsets), TAPS):
                places = offsets[tap], offsets[tap + 1], offsets[tap + 2], offsets[tap + 3]
                a = b = c = d = spread(_ZERO)
                for at in range(0, span, LANES):
                    factor = load(outer, output * length + at)
                    a = fma(factor, load(padded, places[0] + at), a)
                    b = fma(factor, load(padded, places[1] + at), b)
                    c = fma(factor, load(padded, places[2] + at), c)
                    d = fma(factor, load(padded, places[3] + at), d)
                dweight[image, output, tap] = total(a)
                dweight[image, output, tap + 1] = total(b)
                dweight[image, output, tap + 2] = total(c)
                dweight[image, output, tap + 3] = total(d)
