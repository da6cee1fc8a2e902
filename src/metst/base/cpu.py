"""Numba's kernels on torch's tensors: whether they can run, and on which threads.

Torch's own threads and Numba's would spin against each other when both are OpenMP pools, so Numba
gets none: plain Python threads run its kernels, which release the interpreter lock, and sleep
between calls.
"""

import functools
import importlib
import itertools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch


def obstacle(device: torch.device, dtype: torch.dtype) -> str | None:
    """Why the kernels cannot run for tensors of a device and dtype, or None."""
    if device.type != "cpu":
        return "it needs tensors on the CPU"
    if dtype != torch.float32:
        return "it computes in float32 only"
    return _import_obstacle()


@functools.cache
def _import_obstacle() -> str | None:
    try:
        importlib.import_module("metst.base.compiled")
    except ImportError as error:
        return f"numba cannot be imported ({error}); reinstall it with: pip install numba"
    return None


def share(kernel: Callable[..., None], arguments: list[Any], items: int) -> None:
    """Run a kernel over 0..items, in as many equal parts as torch may use threads.

    Args:
        kernel: takes the arguments and, last, the bounds of its part.
        arguments: the same for all parts.
        items: of which the kernel writes each by itself, so that no number of threads changes a
            result.
    """
    workers = max(1, min(torch.get_num_threads(), items))
    own, *others = itertools.pairwise(items * k // workers for k in range(workers + 1))
    pool = _pool(os.getpid(), workers)
    waiting = [pool.submit(kernel, *arguments, part) for part in others]
    kernel(*arguments, own)  # this thread takes a part too
    for future in waiting:
        future.result()


@functools.cache
def _pool(_process: int, workers: int) -> ThreadPoolExecutor:
    """Persistent threads; a forked process must not inherit its parent's, hence the argument."""
    return ThreadPoolExecutor(workers, thread_name_prefix="metst")
