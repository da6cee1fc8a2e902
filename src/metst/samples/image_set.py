"""Images of flow with their targets, in memory.

Shapes: N images, B of them in a batch, C channels, S pixels.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from metst.features.flow_images import normalized
from metst.samples.augmentations import Augmentation, Batch
from metst.samples.batches import SampleSet


class ImageSet(SampleSet):
    """Images in float16, as they are stored; a batch has float32.

    Args:
        images: (N, C, S, S) float16.
        targets: what each should answer, each (N, ...).
        key: seed and subject, for the augmentations.
        augmentations: as for `SampleSet`.
        limits: (N, C, 2) values that become 0 and 1 in a batch; None leaves images as they are.
    """

    def __init__(
        self,
        images: Tensor,
        targets: tuple[Tensor, ...],
        key: tuple[int, str],
        *,
        augmentations: Sequence[Augmentation] = (),
        limits: Tensor | None = None,
    ) -> None:
        super().__init__(key, augmentations)
        self.images, self.targets, self.limits = images, targets, limits

    def __len__(self) -> int:
        return len(self.images)

    def plain(self, indices: Tensor) -> Batch:
        """(B, C, S, S) and the targets (B, ...)."""
        images = self.images[indices].float()
        if self.limits is not None:
            limits = self.limits[indices].numpy()
            images = torch.from_numpy(normalized(images.numpy(), limits))
        return images, *(target[indices] for target in self.targets)


class Staged(SampleSet):
    """One set for the first epochs, another for those after.

    Args:
        first: of the first `epochs` epochs.
        second: of the others.
        epochs: how many the first stage has.
    """

    def __init__(self, first: SampleSet, second: SampleSet, epochs: int) -> None:
        super().__init__(first.key)
        self.first, self.second, self.epochs = first, second, epochs

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def pool(self, epoch: int) -> range:
        """The samples of the stage."""
        first = len(self.first)
        return range(first) if epoch < self.epochs else range(first, len(self))

    def plain(self, indices: Tensor) -> Batch:
        """A batch of the stage that its samples belong to."""
        before = len(self.first)
        if int(indices[0]) < before:
            return self.first.plain(indices)
        return self.second.plain(indices - before)
