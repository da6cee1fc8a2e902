"""Kernels on several threads: every item once, errors surface, threads stay."""

import os

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.base import cpu
from metst.base.cpu import share
from tests.support.threads import torch_threads


@pytest.mark.parametrize(("threads", "items"), [(1, 5), (2, 5), (4, 3), (3, 1)])
def test_shares_cover_every_item_once(threads: int, items: int) -> None:
    done = np.zeros(items, int)

    def kernel(counts: NDArray[np.int64], part: tuple[int, int]) -> None:
        counts[part[0] : part[1]] += 1

    with torch_threads(threads):
        share(kernel, [done], items)
    assert done.tolist() == [1] * items


def test_errors_in_threads_surface() -> None:
    def kernel(part: tuple[int, int]) -> None:
        if part[0] > 0:
            msg = "broken"
            raise ValueError(msg)

    with torch_threads(2), pytest.raises(ValueError, match="broken"):
        share(kernel, [], 4)


def test_threads_persist_within_a_process() -> None:
    assert cpu._pool(os.getpid(), 2) is cpu._pool(os.getpid(), 2)
    assert cpu._pool(os.getpid(), 2) is not cpu._pool(os.getpid() + 1, 2)
