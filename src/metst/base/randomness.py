"""Random numbers by key, so that order, workers and interruptions change none of them.

A draw depends on what it is for - (seed, subject, epoch, batch, ...) - and never on which draws
came before it.
"""

from zlib import crc32

import numpy as np


def generator(seed: int, *key: int | str) -> np.random.Generator:
    """Generator of the draws named by `key`, e.g. `generator(100, "spNO.1", "sampling")`."""
    words = [crc32(part.encode()) if isinstance(part, str) else part for part in key]
    # numpy ignores zeros at the end of a seed: the length keeps ("a",) and ("a", 0) apart.
    return np.random.default_rng([len(key), seed, *words])


def derived_seed(seed: int, *key: int | str) -> int:
    """Seed for a library's own generator (torch), named by `key`; below 2**63."""
    return int(generator(seed, *key).integers(2**63))
