"""Thinning out the windows without an ME before training."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator as generator_of

NegativesRule = Callable[[int, int, float], int]
"""(positive windows, negative windows, ratio) -> number of negative windows to keep."""

_FALLBACK_WINDOWS = 50
"""Windows the released code takes, from the first on, where its rule selects none."""


def negatives_authors(positives: int, negatives: int, ratio: float) -> int:
    """The released rule: where negatives are too few, two of them are left out all the same."""
    wanted = int(positives * ratio)
    return wanted if negatives > wanted else max(0, negatives - 2)


def negatives_strict(positives: int, negatives: int, ratio: float) -> int:
    """`ratio` negatives per positive, or all there are."""
    return min(int(positives * ratio), negatives)


def lenders(count: int, key: tuple[int, str]) -> list[int]:
    """Whose targets each of `count` videos takes in the control experiment with shuffled labels.

    Along one cycle through all videos, so that none keeps its own.
    """
    order = generator_of(*key, "shuffled labels").permutation(count)
    source = dict(zip(order.tolist(), np.roll(order, 1).tolist(), strict=True))
    return [source[i] for i in range(count)]


def balance(
    positive: NDArray[np.bool_],
    ratio: float,
    generator: np.random.Generator,
    rule: NegativesRule = negatives_strict,
) -> NDArray[np.int64]:
    """Sorted indices of the windows to train on: every positive and some random negatives.

    Args:
        positive: (W,) whether a window holds at least one ME frame.
        ratio: negatives per positive; 4 for CAS(ME)^3 and 0.5 for SAMM-LV in the released code.
        generator: draws the negatives, without replacement.
        rule: how many negatives; `negatives_strict` or `negatives_authors`.
    """
    positives, negatives = np.flatnonzero(positive), np.flatnonzero(~positive)
    keep = rule(len(positives), len(negatives), ratio)
    chosen = generator.choice(negatives, size=keep, replace=False)
    indices = np.sort(np.concatenate([positives, chosen])).astype(np.int64)
    if len(indices) == 0:
        return np.arange(min(_FALLBACK_WINDOWS, len(positive)), dtype=np.int64)
    return indices
