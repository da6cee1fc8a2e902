"""Kernels on several threads: every item once, errors surface, threads stay."""

import os

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from metst.base import cpu
from metst.base.cpu import share


@pytest.mark.parametrize(("threads", "items"), [(1, 5), (2, 5), (4, 3), (3, 1)])
def test_shares_cover_every_item_once(threads: int, items: int) -> None:
    done = np.zeros(items, int)

    def kernel(counts: NDArray[np.int64], part: tuple[int, int]) -> None:
        counts[part[0] : part[1]] += 1

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        share(kernel, [done], items)
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
            share(kernel, [], 4)
    finally:
        torch.set_num_threads(before)


def test_threads_persist_within_a_process() -> None:
    assert cpu._pool(os.getpid(), 2) is cpu._pool(os.getpid(), 2)
    assert cpu._pool(os.getpid(), 2) is not cpu._pool(os.getpid() + 1, 2)
