"""Flow images of frame pairs, from a video's first to its last: what MEAN and its like read.

Shapes: N images, P images of a video, V videos.
"""

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metst.base.errors import MetstError
from metst.base.randomness import generator
from metst.datasets.labels.records import Kind, Recording
from metst.datasets.labels.samples import Rule
from metst.features.flow_images import SHAPE, FlowImages, Images
from metst.features.flow_images.strain import Planes
from metst.features.source import Source
from metst.intervals.spans import half_length_by
from metst.samples.augmentations import Gain
from metst.samples.base import Samples
from metst.samples.batches import SampleSet
from metst.samples.fold import Fold, annotated
from metst.samples.image_set import ImageSet
from metst.samples.onset_apex import annotated_pairs, flow_of
from metst.samples.sampling import lenders
from metst.video.face import Landmarks

IMAGE_BYTES = 2 * math.prod(SHAPE)
"""Of an image in float16."""

Targets = tuple[NDArray[Any], ...]
"""What each image of a video should answer, each (P,)."""


class PairImages(Samples):
    """Image t of a video is the flow from frame `every` t to one `step` seconds later.

    Trained on are images of those training videos that have a micro-expression; a system chooses
    which.

    Args:
        images: whose images they are.
        step: seconds between the two frames.
        every: frames from one image to the next.
        labels: rule by which label rows become training targets, `strict` or `authors`.
        shuffle_labels: the control experiment: targets change places between videos.
    """

    feature: FlowImages
    kind: Kind = "micro"
    """What is spotted."""
    gain: bool = False
    """Whether training images are multiplied by a random factor."""

    def __init__(
        self, images: Images, step: float, every: int, labels: Rule, shuffle_labels: bool
    ) -> None:
        self.feature = FlowImages(images, step, every)
        self.label_rule, self.shuffle_labels = labels, shuffle_labels

    def open(self, fold: Fold, source: Source) -> None:
        """Take another fold."""
        super().open(fold, source)
        self.feature = self.feature.at(source.dataset.timebase.sampled_fps)
        self._training: SampleSet | None = None
        self.__dict__.pop("k_p", None)

    def memory(self, fold: Fold, source: Source) -> int:
        """Of the images, those that are tested included; which are chosen follows from labels."""
        self.open(fold, source)
        videos = annotated(fold.training, self.label_rule, self.kind)
        counts = self.counts(videos)
        found = positives([self.own_targets(*pair) for pair in zip(videos, counts, strict=True)])
        others = sum(counts) - found
        trained = found + min(self.negatives(found, others), others) + self.further(found)
        return IMAGE_BYTES * (trained + sum(self.counts(fold.test)))

    def training(self) -> SampleSet:
        """Chosen images of the training subjects."""
        if self._training is None:
            self._training = self.make()
        return self._training

    def testing(self) -> SampleSet:
        """All images of the left-out subject, video after video; a blank one where there is none.

        (The trainer passes over a test without batches; `join` takes the blank one away.)
        """
        images, limits = self.stored(self.fold.test)
        if not len(images):
            images = torch.zeros(1, *SHAPE, dtype=torch.float16)
            limits = None if limits is None else torch.zeros(1, SHAPE[0], 2)
        return self.image_set(images, limits, ())

    def join(self, parts: Sequence[Tensor]) -> Tensor:
        """What came of the test batches, each (B, ...), as (N, ...)."""
        return torch.cat(list(parts))[: sum(self.counts(self.fold.test))]

    # What a system asks for

    @cached_property
    def k_p(self) -> int:
        """Half the mean length of what is spotted, in frames."""
        return half_length_by(self.label_rule, self.fold.recordings, self.fold.subject, self.kind)

    def counts(self, recordings: Sequence[Recording]) -> list[int]:
        """Number of images P of each recording."""
        k, every = self.feature.k, self.feature.every
        return [max(0, -(-(r.frames - k) // every)) for r in recordings]

    def some_training(self, most: int) -> list[Recording]:
        """Training videos in a random order, until they hold `most` images or more."""
        videos, chosen = self.fold.training, []
        counts = self.counts(videos)
        for i in generator(*self.fold.key, "training images").permutation(len(videos)).tolist():
            chosen.append(videos[i])
            most -= counts[i]
            if most <= 0:
                break
        return chosen

    def stored(self, recordings: Sequence[Recording]) -> tuple[Tensor, Tensor | None]:
        """All images (N, 3, 42, 42) float16 of recordings, and their limits (N, 3, 2) if known."""
        whole = [np.arange(count) for count in self.counts(recordings)]
        return self.taken(recordings, whole)

    def taken(
        self,
        recordings: Sequence[Recording],
        places: Sequence[NDArray[np.int64]],
        further: int = 0,
    ) -> tuple[Tensor, Tensor | None]:
        """Chosen images of recordings and their limits, see `stored`.

        Args:
            recordings: whose.
            places: of each recording, numbers of the images that are taken.
            further: images that the caller fills in behind them; they have no limits.
        """
        count = sum(map(len, places))
        # Gigabytes, of which parts that are joined at the end would need twice as many.
        images = torch.empty(count + further, *SHAPE, dtype=torch.float16)
        limits = torch.empty(count, SHAPE[0], 2) if self.feature.images == "mean" else None
        end = 0
        for recording, chosen in zip(recordings, places, strict=True):
            if len(chosen):
                arrays = self.source.read(recording).arrays
                part = slice(end, end := end + len(chosen))
                images[part] = torch.from_numpy(arrays["images"][chosen])
                if limits is not None:
                    limits[part] = torch.from_numpy(arrays["ranges"][chosen])
        return images, limits

    def image_set(
        self, images: Tensor, limits: Tensor | None, targets: Sequence[Tensor]
    ) -> ImageSet:
        """Images as the network reads them; those with targets are trained on."""
        limits, gained = self.limits(images, limits), (Gain(),) if self.gain and targets else ()
        key = self.fold.key
        return ImageSet(images, tuple(targets), key, augmentations=gained, limits=limits)

    # What a system's own samples are made of

    @abstractmethod
    def make(self) -> SampleSet:
        """The training samples of a fold."""

    def limits(self, images: Tensor, stored: Tensor | None) -> Tensor | None:  # noqa: ARG002
        """Values (N, 3, 2) of images that become 0 and 1; those of the whole crop by default."""
        return stored

    def clips(
        self, drawn: Callable[[Planes, Landmarks], Planes], emotions: tuple[str, ...]
    ) -> tuple[Tensor, Tensor]:
        """Images (N, 3, 42, 42) float16 of onset and apex of every training ME, and classes (N,).

        Args:
            drawn: flow of a face and its landmarks -> the image.
            emotions: the classes; MEs of others are left out.
        """
        fold = replace(self.fold, emotions=emotions)
        pairs, classes = annotated_pairs(fold, self.label_rule, self.shuffle_labels)
        videos = dict.fromkeys(recording for recording, _, _ in pairs)  # each is read once
        landmarks = {r: self.source.read(r).arrays["landmarks"] for r in videos}
        flows = flow_of(self.source, pairs)
        images = [drawn(flow, landmarks[r]) for flow, (r, _, _) in zip(flows, pairs, strict=True)]
        return torch.from_numpy(np.stack(images)).half(), classes

    def targets(self, recordings: Sequence[Recording]) -> list[Targets]:
        """Targets of each training recording; those of another one where labels are shuffled.

        Raises:
            MetstError: no image shows what is to be spotted.
        """
        own = [
            self.own_targets(r, n) for r, n in zip(recordings, self.counts(recordings), strict=True)
        ]
        if not positives(own):
            msg = (
                f"fold {self.fold.subject}: no image of frames {self.feature.k} apart shows an "
                "expression of another subject: the videos are too short, or end before it begins; "
                "choose a smaller --data.samples.step"
            )
            raise MetstError(msg)
        if not self.shuffle_labels:
            return own
        pairs = zip(lenders(len(own), self.fold.key), self.counts(recordings), strict=True)
        return [tuple(np.resize(target, n) for target in own[i]) for i, n in pairs]

    @abstractmethod
    def own_targets(self, recording: Recording, count: int) -> Targets:
        """What the `count` images of a recording should answer, the spotting target first."""

    @abstractmethod
    def negatives(self, found: int, others: int) -> int:
        """How many negative images are trained on, if there are so many.

        Args:
            found: number of positive ones.
            others: number of negative ones that there are.
        """

    def further(self, found: int) -> int:  # noqa: ARG002
        """How many images are trained on besides, by the number of positive ones."""
        return 0

    def chosen(self, targets: Sequence[Targets]) -> list[NDArray[np.int64]]:
        """Every positive image and some random negative ones, of each recording, in order."""
        spot = np.concatenate([target[0] for target in targets]) > 0  # (N,)
        others = np.flatnonzero(~spot)
        negatives = min(self.negatives(positives(targets), len(others)), len(others))
        draw = generator(*self.fold.key, "sampling")
        spot[draw.choice(others, size=negatives, replace=False)] = True
        ends = np.cumsum([len(target[0]) for target in targets])[:-1]
        return [np.flatnonzero(part) for part in np.split(spot, ends)]


def positives(targets: Sequence[Targets]) -> int:
    """Number of images with a spotting target of 1."""
    return int(sum(target[0].sum() for target in targets))


def joined(targets: Sequence[Targets], places: Sequence[NDArray[np.int64]]) -> list[Tensor]:
    """Targets (N,) of the chosen images of all recordings."""
    parts = [[t[chosen] for t in target] for target, chosen in zip(targets, places, strict=True)]
    return [torch.from_numpy(np.concatenate(column)) for column in zip(*parts, strict=True)]
