"""Batches of windows or whole videos that depend on their key alone.

The key is (seed, subject, epoch, batch): an interrupted epoch that is run again gives the same
batches with the same augmentation, whatever the number of loader processes.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from metst.base.randomness import generator
from metst.samples.augmentations import Augmentation, Batch

FlowBatch = tuple[Tensor, Tensor, Tensor]
"""Flow (B, C, T), spotting target (B, T) in {0, 1}, emotion class (B, T)."""

Keyed = tuple[int, int, Tensor]
"""Epoch, number of the batch in it, indices (B,) of its samples."""


def in_batches(indices: Tensor, batch_size: int, epoch: int) -> Iterator[Keyed]:
    """Cut indices into the batches of an epoch."""
    for number, part in enumerate(torch.split(indices, batch_size)):
        yield epoch, number, part


class SampleSet(Dataset[Batch]):
    """What a fold is trained on, in memory; an item is a whole batch.

    Args:
        key: seed and subject, for the augmentations.
        augmentations: applied to every batch in this order.
    """

    def __init__(self, key: tuple[int, str], augmentations: Sequence[Augmentation] = ()) -> None:
        self.key, self.augmentations = key, augmentations

    @abstractmethod
    def __len__(self) -> int:
        """Number of samples."""

    @abstractmethod
    def plain(self, indices: Tensor) -> Batch:
        """The samples with these numbers (B,), without augmentation."""

    def pool(self, epoch: int) -> range:  # noqa: ARG002
        """Numbers of the samples that an epoch is trained on; all of them by default."""
        return range(len(self))

    def __getitem__(self, item: Keyed) -> Batch:
        epoch, number, indices = item
        batch = self.plain(indices)
        for augmentation in self.augmentations:
            name = type(augmentation).__name__.lower()
            batch = augmentation.apply(batch, generator(*self.key, name, epoch, number))
        return batch


class KeyedBatches(Sampler[Keyed]):
    """Shuffled batches of an epoch; the last one may be short.

    Args:
        samples: what is trained on.
        batch_size: samples per batch.
        epoch: the first one to be iterated; `set_epoch` chooses others.
    """

    def __init__(self, samples: SampleSet, batch_size: int, epoch: int) -> None:
        self.samples, self.batch_size, self.epoch = samples, batch_size, epoch

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return -(-len(self.samples.pool(self.epoch)) // self.batch_size)

    def __iter__(self) -> Iterator[Keyed]:
        pool = self.samples.pool(self.epoch)
        order = generator(*self.samples.key, "shuffle", self.epoch).permutation(len(pool))
        return in_batches(torch.from_numpy(order) + pool.start, self.batch_size, self.epoch)


class Windows(SampleSet):
    """Windows of k frames.

    Args:
        flow: (W, C, k).
        spot: spotting target (W, k).
        emotion: emotion class (W, k).
        key: seed and subject, for the augmentations.
        augmentations: as for `SampleSet`.
    """

    def __init__(
        self,
        flow: Tensor,
        spot: Tensor,
        emotion: Tensor,
        key: tuple[int, str],
        augmentations: Sequence[Augmentation] = (),
    ) -> None:
        super().__init__(key, augmentations)
        self.flow, self.spot, self.emotion = flow, spot, emotion

    def __len__(self) -> int:
        return len(self.flow)

    def plain(self, indices: Tensor) -> FlowBatch:
        """(B, C, k), (B, k), (B, k)."""
        return self.flow[indices], self.spot[indices], self.emotion[indices]

    def classes(self) -> Tensor:
        """(W k,)."""
        return self.emotion.flatten()


class Videos(SampleSet):
    """Whole videos, each of its own length T, so that a batch is one of them.

    Args:
        videos: flow (C, T), spotting target (T,) and emotion class (T,) of each.
        key: seed and subject, for the augmentations.
        augmentations: as for `SampleSet`.
    """

    def __init__(
        self,
        videos: Sequence[FlowBatch],
        key: tuple[int, str],
        augmentations: Sequence[Augmentation] = (),
    ) -> None:
        super().__init__(key, augmentations)
        self.videos = videos

    def __len__(self) -> int:
        return len(self.videos)

    def plain(self, indices: Tensor) -> FlowBatch:
        """(1, C, T), (1, T), (1, T)."""
        flow, spot, emotion = self.videos[int(indices)]
        return flow[None], spot[None], emotion[None]

    def classes(self) -> Tensor:
        """All frames of all videos."""
        return torch.cat([emotion for _, _, emotion in self.videos])


class Nothing(SampleSet):
    """One empty sample."""

    def __len__(self) -> int:
        return 1

    def plain(self, indices: Tensor) -> Batch:
        """(1, 0)."""
        return (torch.zeros(len(indices), 0),)


class SameBatches(Dataset[Batch]):
    """The first epoch's batches without augmentation, in every epoch: to overfit some of them."""

    def __init__(self, samples: SampleSet, batches: KeyedBatches) -> None:
        self.samples, self.batches = samples, [indices for _, _, indices in batches]

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, number: int) -> Batch:
        return self.samples.plain(self.batches[number])
