"""The kernels' own business: threads, caching of compiled code, accuracy of the exponential."""

import os

import numpy as np
import pytest
import torch
from numba import njit
from numpy.typing import NDArray

from metst.network.scan import cpu, simd
from metst.network.scan.backends import example_inputs


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


@pytest.mark.parametrize("batch", [3, 40])  # fewer and more samples than threads need
@pytest.mark.parametrize("inner", [5, 64, 130])
def test_number_of_threads_changes_no_bit(batch: int, inner: int) -> None:
    inputs = example_inputs(torch.device("cpu"), batch, 70, inner, 3)
    grad = torch.cos(inputs[0])
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            y, state = cpu.forward(*inputs, None)
            results.append([y, state, *cpu.backward(grad, state, *inputs, None)])
    finally:
        torch.set_num_threads(before)
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            assert torch.equal(one, two)


@pytest.mark.parametrize(("threads", "items"), [(1, 5), (2, 5), (4, 3), (3, 1)])
def test_shares_cover_every_item_once(threads: int, items: int) -> None:
    done = np.zeros(items, int)

    def kernel(counts: NDArray[np.int64], part: tuple[int, int]) -> None:
        counts[part[0] : part[1]] += 1

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        cpu._share(kernel, [done], items)
    finally:
        torch.set_num_threads(before)
    assert done.tolist() == [1] * items


def test_errors_in_threads_surface() -> None:
    def kernel(part: tuple[int, int]) -> None:
        if part[0] > 0:
            msg = "broken"
            raise ValueError(msg)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with pytest.raises(ValueError, match="broken"):
            cpu._share(kernel, [], 4)
    finally:
        torch.set_num_threads(before)


def test_threads_persist_within_a_process() -> None:
    assert cpu._pool(os.getpid(), 2) is cpu._pool(os.getpid(), 2)
    assert cpu._pool(os.getpid(), 2) is not cpu._pool(os.getpid() + 1, 2)
