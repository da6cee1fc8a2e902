"""Vectors inside kernels: lane by lane, and the accuracy of the exponential."""

import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray

from metst.base import simd


@njit
def _powers(x: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    for k in range(0, x.size, simd.LANES):
        simd.store(out, k, simd.exp2(simd.load(x, k)))


def test_exponential_is_accurate() -> None:
    x = np.linspace(-126, 20, 3000 * simd.LANES, dtype=np.float32)
    x[:3] = 0.0, -0.5, 0.5
    out = np.empty_like(x)
    _powers(x, out)
    relative = np.abs(out / np.exp2(x.astype(np.float64)) - 1)
    assert relative.max() < 4e-7


def test_exponential_of_what_is_far_away() -> None:
    x = np.full(simd.LANES, -1000, np.float32)
    x[:3] = -np.inf, np.nan, -1e30
    out = np.empty_like(x)
    _powers(x, out)
    assert np.isnan(out[1])
    far = np.delete(out, 1)
    assert ((far >= 0) & (far < 1.2e-38)).all()


def test_vectors_compute_lane_by_lane() -> None:
    @njit
    def compute(a: NDArray[np.float32], out: NDArray[np.float32]) -> float:
        x, y = simd.load(a, 1), simd.spread(np.float32(3))
        simd.store(out, 2, simd.fma(x, y, simd.mul(x, x)))
        return simd.total(x)  # type: ignore[no-any-return]

    a = np.random.default_rng(0).standard_normal(simd.LANES + 2).astype(np.float32)
    out = np.zeros(simd.LANES + 4, np.float32)
    x = a[1:-1].astype(np.float64)
    assert compute(a, out) == pytest.approx(x.sum(), rel=1e-5)
    np.testing.assert_allclose(out[2:-2], 3 * x + x * x, rtol=1e-5, atol=1e-6)
    assert not out[:2].any()
    assert not out[-2:].any()
