"""What MEAN is trained on: frame pairs for spotting, then onset and apex for recognition."""

from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule
from metst.features.flow_images import flow_mean
from metst.samples import PairImages
from metst.samples.image_set import ImageSet, Staged
from metst.samples.pair_images import Targets, joined
from metst.systems.mean.targets import spot_labels


class MEANSamples(PairImages):
    """All positive images and some negative ones; later, one image per annotated ME.

    Args:
        step: seconds between the two frames of a pair (published: 0.1).
        labels: see `PairImages`.
        shuffle_labels: see `PairImages`.
        ratio: negative images per positive one (published: 5).

    Attributes:
        spotting_epochs: epochs that train spotting, set by the system; those after them train
            recognition.
        emotions: classes that recognition learns, likewise.
    """

    spotting_epochs: int
    emotions: tuple[str, ...]

    def __init__(
        self,
        step: float = 0.1,
        labels: Rule = "strict",
        shuffle_labels: bool = False,
        ratio: float = 5.0,
    ) -> None:
        super().__init__("mean", step, 1, labels, shuffle_labels)
        require("data.samples.ratio", ratio, ratio >= 0, "0 or a number above 0")
        self.ratio = ratio

    def make(self) -> Staged:
        """Images with their spotting target, then images with their emotion."""
        return Staged(self._pairs(), self._clips(), self.spotting_epochs)

    def _pairs(self) -> ImageSet:
        recordings = self.fold.annotated(self.label_rule)
        targets = self.targets(recordings)
        places = self.chosen(targets)
        return self.image_set(*self.taken(recordings, places), joined(targets, places))

    def _clips(self) -> ImageSet:
        images, classes = self.clips(flow_mean, self.emotions)
        return self.image_set(images, None, [classes])

    def negatives(self, found: int, others: int) -> int:  # noqa: ARG002
        """So many per positive one."""
        return int(self.ratio * found)

    def own_targets(self, recording: Recording, count: int) -> Targets:
        """Whether an image is of an ME."""
        return (spot_labels(recording, count, self.k_p, self.label_rule),)
