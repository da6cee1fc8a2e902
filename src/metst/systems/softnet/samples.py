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
from metst.intervals.spans import half_length_by
from metst.samples import PairImages
from metst.samples.image_set import ImageSet
from metst.samples.pair_images import Targets, joined, positives
from metst.systems.softnet.targets import spot_labels

BLUR = (7, 7), 1.4  # pixels, standard deviation
NOISE = 0.1  # standard deviation, in pixels of flow


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
        found = positives(targets)
        others = sum(len(target[0]) for target in targets) - found
        places = self.chosen(targets, max(found, others) // 2)
        images, _ = self.taken(recordings, places)
        (spot,) = joined(targets, places)
        if self.kind == "micro":
            varied = self._varied(images[spot > 0])
            images, spot = torch.cat([images, varied]), torch.cat([spot, torch.ones(len(varied))])
        return self.image_set(images, None, [spot])

    def _varied(self, images: Tensor) -> Tensor:
        """Three variations (3 N, 3, 42, 42) of images (N, 3, 42, 42)."""
        plain = images.float().numpy()
        noise = generator(*self.fold.key, "noise").normal(0, NOISE, plain.shape)
        varied = [plain[..., ::-1], np.array([_blurred(image) for image in plain]), plain + noise]
        low = np.where((plain < 0).any((1, 2, 3), keepdims=True), -1, 0)
        varied[2] = varied[2].clip(low, 1)
        return torch.from_numpy(np.concatenate(varied).reshape(-1, *plain.shape[1:])).half()

    def own_targets(self, recording: Recording, count: int) -> Targets:
        """Whether an image is of an expression."""
        return (spot_labels(recording, count, self._k, self.label_rule, self.kind),)

    @property
    def _k(self) -> int:
        return half_length_by(self.label_rule, self.fold.recordings, self.fold.subject, self.kind)


def _blurred(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Channels (3, 42, 42), blurred."""
    return np.stack([cv2.GaussianBlur(channel, *BLUR) for channel in image])
