"""The kernels' own business: threads, caching of compiled code, accuracy of the exponential."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numba import njit
from numpy.typing import NDArray

from metst.scan import cpu, kernels


def test_exponential_is_accurate() -> None:
    @njit
    def table(x: NDArray[np.float32], out: NDArray[np.float32]) -> None:
        for k in range(x.size):
            out[k] = kernels._exp2(x[k])

    x = np.concatenate([np.linspace(-126, 20, 200_001), [0.0, -0.5, 0.5]]).astype(np.float32)
    out = np.empty_like(x)
    table(x, out)
    relative = np.abs(out / np.exp2(x.astype(np.float64)) - 1)
    assert relative.max() < 4e-7
    far = np.array([-1000, -np.inf], np.float32)
    table(far, out[:2])
    assert ((out[:2] >= 0) & (out[:2] < 1.2e-38)).all()


def test_compiles_where_nothing_can_be_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numba refuses `cache=True` when it finds no folder that it may write."""
    calls = []

    def refusing(**options: object) -> Callable[..., Any]:
        calls.append(options)
        if options.get("cache"):
            msg = "cannot cache function: no locator available"
            raise RuntimeError(msg)
        return njit(**options)

    monkeypatch.setattr(kernels, "njit", refusing)

    def double(x: float) -> float:
        return 2 * x

    assert kernels._jit(double)(3.0) == 6.0
    assert [bool(options.get("cache")) for options in calls] == [True, False]


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
