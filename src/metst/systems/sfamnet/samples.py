"""What SFAMNet is trained on: every second frame, and onset and apex of each ME."""

import torch
from torch import Tensor

from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule, samples
from metst.features.flow_images import mean_channels, regions
from metst.features.flow_images.strain import Planes
from metst.samples import PairImages
from metst.samples.image_set import ImageSet
from metst.samples.pair_images import Targets, joined
from metst.systems.sfamnet.targets import EVERY, labels
from metst.video.face import Landmarks


class SFAMNetSamples(PairImages):
    """All positive images, one of onset and apex per ME, and as many negative ones.

    Images are in pixels; in training each is multiplied by a random gain of 0.9 to 1.1.

    Args:
        step: seconds between the two frames of a pair; our choice, for optical flow.
        labels: see `PairImages`.
        shuffle_labels: see `PairImages`.
    """

    gain = True

    def __init__(
        self, step: float = 0.1, labels: Rule = "strict", shuffle_labels: bool = False
    ) -> None:
        super().__init__("mean", step, EVERY, labels, shuffle_labels)

    def emotion_counts(self) -> Tensor:
        """Training images per class (E + 1,)."""
        training = self.training()
        assert isinstance(training, ImageSet)  # as `make` gives it
        return torch.bincount(training.targets[1], minlength=len(self.fold.emotions) + 1)

    def limits(self, images: Tensor, stored: Tensor | None) -> None:
        """None: images stay in pixels."""

    def make(self) -> ImageSet:
        """Images with spotting target and class, neutral last."""
        recordings = self.fold.annotated(self.label_rule)
        targets = self.targets(recordings)
        clips, classes = self.clips(_in_pixels, self.fold.emotions)
        places = self.chosen(targets)
        images, _ = self.taken(recordings, places, len(clips))
        images[len(images) - len(clips) :] = clips
        spot, emotion = joined(targets, places)
        return self.image_set(
            images,
            None,
            [torch.cat([spot, torch.ones(len(clips))]), torch.cat([emotion, classes])],
        )

    def negatives(self, found: int, others: int) -> int:  # noqa: ARG002
        """As many as positive ones."""
        return found + self.further(found)

    def further(self, found: int) -> int:  # noqa: ARG002
        """One of onset and apex per ME with an emotion."""
        each = (s for r in self.fold.training for s in samples(r, self.label_rule))
        return sum(s.emotion in self.fold.emotions for s in each)

    def own_targets(self, recording: Recording, count: int) -> Targets:
        """Whether an image is of an ME, and of which emotion."""
        return labels(recording, count, self.fold.emotions, self.label_rule)


def _in_pixels(flow: Planes, landmarks: Landmarks) -> Planes:
    """An image as it is stored: not normalized."""
    return regions(mean_channels(flow), landmarks)
