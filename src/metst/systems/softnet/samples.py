"""What SOFTNet is trained on: frame pairs, and three variations of each positive one."""

from typing import Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metst.base.randomness import generator
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule
from metst.features.flow_images import ranges
from metst.samples import PairImages
from metst.samples.image_set import ImageSet
from metst.samples.pair_images import Targets, joined, positives
from metst.systems.softnet.targets import spot_labels

BLUR = (7, 7), 1.4  # pixels, standard deviation
NOISE = 0.1  # standard deviation, in pixels of flow
BLOCK = 64  # images that are varied at a time


class SOFTNetSamples(PairImages):
    """All positive images, and as many negative ones as half of the larger class.

    Of micro-expressions each positive image comes three times more: mirrored, blurred, with noise.
    Every channel of an image is scaled to 0 ... 1.

    Args:
        step: seconds between the two frames of a pair. Published is half the mean length of the
            kind over all subjects, the tested ones included: of MEs 6 frames on CAS(ME)^2, 0.2 s,
            and 37 on SAMM-LV, 0.185 s. Macro-expressions are longer: give theirs.
        kind: what is spotted, `micro` or `macro`.
        labels: see `PairImages`.
        shuffle_labels: see `PairImages`.
    """

    def __init__(
        self,
        step: float = 0.2,
        kind: Literal["micro", "macro"] = "micro",
        labels: Rule = "strict",
        shuffle_labels: bool = False,
    ) -> None:
        super().__init__("softnet", step, 1, labels, shuffle_labels)
        self.kind: Literal["micro", "macro"] = kind

    def limits(self, images: Tensor, stored: Tensor | None) -> Tensor:  # noqa: ARG002
        """Of each image itself."""
        return torch.from_numpy(ranges(images.numpy()))

    def make(self) -> ImageSet:
        """Images with their spotting target."""
        recordings = self.fold.annotated(self.label_rule, self.kind)
        targets = self.targets(recordings)
        places = self.chosen(targets)
        (spot,) = joined(targets, places)
        further = self.further(positives(targets))
        images, _ = self.taken(recordings, places, further)
        if further:
            plain = torch.nonzero(spot)[:, 0]
            self._vary(images, plain, images[len(spot) :].view(3, len(plain), *images.shape[1:]))
        return self.image_set(images, None, [torch.cat([spot, torch.ones(further)])])

    def negatives(self, found: int, others: int) -> int:
        """Half of the larger class."""
        return max(found, others) // 2

    def further(self, found: int) -> int:
        """Three variations of each positive image of a micro-expression."""
        return 3 * found if self.kind == "micro" else 0

    def _vary(self, images: Tensor, places: Tensor, varied: Tensor) -> None:
        """Fill `varied` (3, N, 3, 42, 42) with three variations of the images at N places."""
        draw = generator(*self.fold.key, "noise")
        for block in torch.split(torch.arange(len(places)), BLOCK):
            plain = images[places[block]].float().numpy()
            blurred = np.array([_blurred(image) for image in plain])
            low = np.where((plain < 0).any((1, 2, 3), keepdims=True), -1, 0)
            noisy = (plain + draw.normal(0, NOISE, plain.shape)).clip(low, 1)
            each = torch.from_numpy(np.stack([plain[..., ::-1], blurred, noisy]))
            varied[:, block] = each.half()

    def own_targets(self, recording: Recording, count: int) -> Targets:
        """Whether an image is of an expression."""
        return (spot_labels(recording, count, self.k_p, self.label_rule, self.kind),)


def _blurred(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Channels (3, 42, 42), blurred."""
    return np.stack([cv2.GaussianBlur(channel, *BLUR) for channel in image])
