"""Windows of feature sequences with annotated intervals: what LSSNet and LGSNet read.

Shapes: W windows, C channels, T vectors of a window, one per two frames; G annotated intervals of
the window that has the most.
"""

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from metst.base.errors import MetstError
from metst.base.randomness import generator
from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule
from metst.features.source import Source
from metst.intervals.spans import spans
from metst.network.detection import NO_BOX
from metst.samples.augmentations import Batch
from metst.samples.base import Samples
from metst.samples.batches import SampleSet
from metst.samples.boxes import KINDS, Box, WindowPlan, boxes_inside, fake_box, sequence_starts
from metst.samples.fold import Fold
from metst.samples.sampling import lenders

HELD_OUT = 0.25
"""Share of the training subjects that are not trained on: thresholds are fitted to them."""

Place = tuple[int, int]
"""Number of a recording and first frame of a window."""


class Sequences(Samples):
    """All windows with an annotated interval, and some without, of most training subjects.

    Macro-expressions are class 1, micro-expressions 2. A quarter of the training subjects who show
    any is kept for thresholds; where only one does, it serves for both.

    Args:
        ratio: windows without an interval per window with one, where the system asks for them; the
            last window of a video is never one (published: 3).
        labels: rule by which rows become intervals, `strict` or `authors`.
        shuffle_labels: the control experiment: intervals change places between videos.

    Attributes:
        plan: how videos are cut, set by the system.
    """

    plan: WindowPlan

    def __init__(
        self, ratio: float = 3.0, labels: Rule = "strict", shuffle_labels: bool = False
    ) -> None:
        require("data.samples.ratio", ratio, ratio >= 0, "0 or a number above 0")
        self.ratio, self.label_rule, self.shuffle_labels = ratio, labels, shuffle_labels

    def open(self, fold: Fold, source: Source) -> None:
        """Take another fold."""
        super().open(fold, source)
        for name in ("_training", "held_out", "trained"):
            self.__dict__.pop(name, None)

    def training(self) -> SampleSet:
        """Windows (B, C, T), their intervals (B, G, 2) in frames and labels (B, G)."""
        return self._training

    def testing(self) -> SampleSet:
        """All windows of the left-out subject, video after video."""
        return self.whole(self.fold.test)

    # What a system asks for

    @property
    @abstractmethod
    def channels(self) -> int:
        """C."""

    @abstractmethod
    def vectors(self, recording: Recording) -> Tensor:
        """Features (C, N) of a whole video."""

    @abstractmethod
    def cut(self, vectors: Tensor, start: int) -> Tensor:
        """The window (C, T) that begins at a frame."""

    def starts(self, recording: Recording) -> list[int]:
        """First frames of the windows that a video is tested in."""
        plan = self.plan
        starts: list[int] = sequence_starts(
            recording.frames, plan.window, plan.testing, pad=True
        ).tolist()
        return starts

    def whole(self, recordings: Sequence[Recording]) -> "WindowSet":
        """All windows of some videos, without intervals."""
        places = [(i, start) for i, r in enumerate(recordings) for start in self.starts(r)]
        return WindowSet(self, recordings, places, [[] for _ in places])

    @cached_property
    def held_out(self) -> tuple[Recording, ...]:
        """Recordings of the training subjects that thresholds are fitted to."""
        training = self.fold.training
        shown = list(dict.fromkeys(r.subject for r in training if self.boxes(r)))
        order = generator(*self.fold.key, "held out").permutation(len(shown))
        chosen = {shown[i] for i in order[: max(1, round(HELD_OUT * len(shown)))]}
        return tuple(r for r in training if r.subject in chosen)

    def boxes(self, recording: Recording) -> list[Box]:
        """Annotated intervals of a video in frames, those without a length left out."""
        return [
            (onset, offset, label)
            for label, kind in enumerate(KINDS, 1)
            for onset, offset in spans(recording, kind, self.label_rule)
            if 0 <= onset < offset
        ]

    # How it is done

    @cached_property
    def trained(self) -> tuple[Recording, ...]:
        """Recordings that are trained on."""
        kept = set(self.held_out)
        rest = tuple(r for r in self.fold.training if r not in kept)
        return rest if any(self.boxes(r) for r in rest) else self.fold.training

    @cached_property
    def _training(self) -> "WindowSet":
        recordings = self.trained
        boxes = [self.boxes(r) for r in recordings]
        if self.shuffle_labels:
            boxes = [boxes[i] for i in lenders(len(boxes), self.fold.key)]
        plan, chosen, empty = self.plan, [], []
        for i, recording in enumerate(recordings):
            starts = sequence_starts(recording.frames, plan.window, plan.training, pad=True)
            for start in starts.tolist():
                inside = boxes_inside(boxes[i], start, plan.window)
                if inside:
                    chosen.append(((i, start), inside))
                elif start != starts[-1]:
                    empty.append((i, start))
        if not chosen:
            msg = f"fold {self.fold.subject}: no other subject has an expression to train on"
            raise MetstError(msg)
        if plan.fakes:
            chosen += self._faked(empty, int(self.ratio * len(chosen)))
        places, inside = zip(*chosen, strict=True)
        return WindowSet(self, recordings, places, inside)

    def _faked(self, empty: list[Place], most: int) -> list[tuple[Place, list[Box]]]:
        """Random windows without an interval, each with a fake one."""
        draw = generator(*self.fold.key, "sampling")
        kept = sorted(draw.choice(len(empty), size=min(most, len(empty)), replace=False))
        return [(empty[i], [fake_box(self.plan, draw)]) for i in kept]


class WindowSet(SampleSet):
    """Windows, cut from their videos when a batch is made.

    Args:
        samples: whose they are.
        recordings: the videos.
        places: of each window.
        boxes: intervals in each window.
    """

    def __init__(
        self,
        samples: Sequences,
        recordings: Sequence[Recording],
        places: Sequence[Place],
        boxes: Sequence[Sequence[Box]],
    ) -> None:
        super().__init__(samples.fold.key)
        self.cut, self.places = samples.cut, places
        self.videos = [samples.vectors(r) for r in recordings]
        most = max(1, *(len(inside) for inside in boxes)) if boxes else 1
        padded = np.full((len(boxes), most, 3), (0, 0, NO_BOX), np.float32)
        for row, inside in zip(padded, boxes, strict=True):
            row[: len(inside)] = np.reshape(inside, (-1, 3))
        self.boxes = torch.from_numpy(padded)

    def __len__(self) -> int:
        return len(self.places)

    def plain(self, indices: Tensor) -> Batch:
        """(B, C, T), (B, G, 2), (B, G)."""
        places = [self.places[i] for i in indices.tolist()]
        windows = [self.cut(self.videos[video], start) for video, start in places]
        boxes = self.boxes[indices]
        return torch.stack(windows), boxes[..., :2], boxes[..., 2].long()
