"""One image per interval: flow from onset to apex, as recognizers of micro-expressions read it.

Shapes: N intervals, C channels, S pixels.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from metst.base.errors import MetstError
from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule, samples
from metst.features.flow_images import FaceBoxes, onset_apex_flow, whole_face
from metst.features.flow_images.images import Channel
from metst.features.flow_images.strain import Planes
from metst.features.source import Source
from metst.intervals.proposals import Proposals
from metst.samples.base import Samples
from metst.samples.batches import SampleSet
from metst.samples.fold import Fold
from metst.samples.image_set import ImageSet
from metst.samples.sampling import lenders

Pair = tuple[Recording, int, int]
"""A recording, and two of its frames: onset and apex."""


class OnsetApexImages(Samples):
    """The whole face of each annotated micro-expression, every channel scaled to 0 ... 255.

    Args:
        size: side of an image in pixels.
        channels: of `u`, `v` and `strain`, in the order that the network reads.
        labels: rule by which label rows become training samples, `strict` or `authors`.
        shuffle_labels: the control experiment: emotions change places.
    """

    def __init__(
        self,
        size: int = 28,
        channels: Sequence[Channel] = ("strain", "v", "u"),
        labels: Rule = "strict",
        shuffle_labels: bool = False,
    ) -> None:
        require("data.samples.size", size, 8 <= size <= 1024, "8 to 1024 pixels")
        self.feature = FaceBoxes()
        self.size, self.channels = size, tuple(channels)
        self.label_rule, self.shuffle_labels = labels, shuffle_labels

    def training(self) -> SampleSet:
        """An image with its class per annotated micro-expression of the training subjects.

        Raises:
            MetstError: there is none.
        """
        pairs, classes = annotated_pairs(self.fold, self.label_rule, self.shuffle_labels)
        return ImageSet(self.images(pairs).half(), (classes,), self.fold.key)

    def images(self, pairs: Sequence[Pair]) -> Tensor:
        """Images (N, C, S, S) of onset and apex, 8-bit values as float32."""
        flows = flow_of(self.source, pairs)
        made = [whole_face(flow, self.size, self.channels) for flow in flows]
        shape = len(pairs), len(self.channels), self.size, self.size
        return torch.from_numpy(np.array(made, np.float32).reshape(shape)).round()

    def images_of(self, intervals: Proposals) -> Tensor:
        """Images (N, C, S, S) of proposed intervals."""
        return self.images(pairs_of(intervals))


def annotated_pairs(fold: Fold, rule: Rule, shuffle: bool) -> tuple[list[Pair], Tensor]:
    """Onset and apex of every training ME with a class, and the classes (N,).

    Where no apex is annotated inside the interval, its middle is taken.

    Raises:
        MetstError: there is none.
    """
    found = [(r, s) for r in fold.training for s in samples(r, rule) if s.emotion in fold.emotions]
    if not found:
        msg = f"fold {fold.subject}: no other subject has a micro-expression with an emotion"
        raise MetstError(msg)
    classes = [fold.emotions.index(s.emotion) for _, s in found]
    if shuffle:
        classes = [classes[i] for i in lenders(len(classes), fold.key)]
    return [(r, s.onset, s.peak) for r, s in found], torch.tensor(classes)


def pairs_of(intervals: Proposals) -> list[Pair]:
    """Onset and apex of proposed intervals."""
    columns = (intervals.video, intervals.onset, intervals.apex)
    rows = torch.stack(columns, 1).tolist() if len(intervals.video) else []
    return [(intervals.recordings[video], onset, apex) for video, onset, apex in rows]


def flow_of(source: Source, pairs: Sequence[Pair]) -> list[Planes]:
    """Flow (2, 128, 128) of each pair; videos are read one after the other."""
    of_video: dict[Recording, list[int]] = defaultdict(list)
    for place, (recording, _, _) in enumerate(pairs):
        of_video[recording].append(place)
    found: dict[int, Planes] = {}
    for recording, places in of_video.items():
        flows = onset_apex_flow(source, recording, [pairs[i][1:] for i in places])
        found |= dict(zip(places, flows, strict=True))
    return [found[i] for i in range(len(pairs))]
