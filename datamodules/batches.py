"""Batches of windows that depend on their key alone: (seed, subject, epoch, batch).

An interrupted epoch that is run again gives the same batches with the same augmentation, whatever
the number of loader processes.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from metst.module import Batch
from metst.randomness import generator

GAIN_PERCENT = (90, 110)
"""Range of the augmentation in percent, both included: one factor per window (released code)."""

Keyed = tuple[int, int, Tensor]
"""Epoch, number of the batch in it, indices (B,) of its windows."""


def in_batches(indices: Tensor, batch_size: int, epoch: int) -> Iterator[Keyed]:
    """Cut indices into the batches of an epoch."""
    for number, start in enumerate(range(0, len(indices), batch_size)):
        yield epoch, number, indices[start : start + batch_size]


class KeyedBatches(Sampler[Keyed]):
    """Shuffled batches of an epoch; the last one may be short.

    Args:
        windows: number of windows.
        batch_size: windows per batch.
        key: seed and subject.
        epoch: the first one to be iterated; `set_epoch` chooses others.
    """

    def __init__(self, windows: int, batch_size: int, key: tuple[int, str], epoch: int) -> None:
        self.windows, self.batch_size, self.key, self.epoch = windows, batch_size, key, epoch

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return -(-self.windows // self.batch_size)

    def __iter__(self) -> Iterator[Keyed]:
        order = generator(*self.key, "shuffle", self.epoch).permutation(self.windows)
        return in_batches(torch.from_numpy(order), self.batch_size, self.epoch)


class Windows(Dataset[Batch]):
    """Windows in memory; an item is a whole batch.

    Args:
        flow: (W, C, k).
        spot: spotting target (W, k).
        emotion: emotion class (W, k).
        key: seed and subject, for the augmentation.
        augment: multiply each window by a random gain, drawn anew for every batch.
    """

    def __init__(
        self, flow: Tensor, spot: Tensor, emotion: Tensor, key: tuple[int, str], *, augment: bool
    ) -> None:
        self.flow, self.spot, self.emotion = flow, spot, emotion
        self.key, self.augment = key, augment

    def __len__(self) -> int:
        return len(self.flow)

    def __getitem__(self, item: Keyed) -> Batch:
        epoch, number, indices = item
        flow = self.flow[indices]  # (B, C, k)
        if self.augment:
            low, high = GAIN_PERCENT
            percent = generator(*self.key, "gain", epoch, number).integers(
                low, high, len(flow), endpoint=True
            )
            flow = flow * torch.from_numpy(percent / 100).float()[:, None, None]
        return flow, self.spot[indices], self.emotion[indices]


class SameBatches(Dataset[Batch]):
    """The first epoch's batches without augmentation, in every epoch: to overfit some of them."""

    def __init__(self, windows: Windows, batches: KeyedBatches) -> None:
        self.windows, self.batches = windows, [indices for _, _, indices in batches]

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, number: int) -> Batch:
        chosen = self.batches[number]
        return self.windows.flow[chosen], self.windows.spot[chosen], self.windows.emotion[chosen]
