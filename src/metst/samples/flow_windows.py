"""ROI flow in windows of k frames, or of whole videos: what ME-TST and its successors read.

Shapes: W windows, C flow channels, k frames per window, E emotion classes, B windows per batch,
T frames of a video.
"""

import logging
import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metst.base.errors import MetstError
from metst.base.randomness import generator
from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule
from metst.features.roi_flow import Alignment, Flow, Method, RoiFlow
from metst.features.source import Source
from metst.features.windows import cut, window_starts
from metst.intervals.synergy import motion_threshold, speed_curves
from metst.samples.augmentations import Augmentation, Gain
from metst.samples.base import Samples
from metst.samples.batches import FlowBatch, SampleSet, Videos, Windows
from metst.samples.fold import Fold, annotated
from metst.samples.sampling import balance
from metst.samples.targets import Targets, video_targets
from metst.samples.whole import whole_flow
from metst.video.detectors import DEFAULT
from metst.video.face import LandmarkDetector

_log = logging.getLogger(__name__)


class FlowWindows(Samples):
    """Windows of ROI flow: trained on those of the other subjects' videos that have an ME.

    Args:
        k: frames per window (released: 50 for CAS(ME)^3, 30 for SAMM-LV).
        ratio: negative windows per positive one in training.
        labels: rule by which label rows become training targets: `strict`, or `authors` with the
            released code's mistakes (`metst.datasets.labels.authors`).
        shuffle_labels: the control experiment: training targets change places between videos, so
            that nothing can be learned, and anything that is scored all the same has leaked.
        whole_videos: train on whole videos instead of windows, one per batch, and run the network
            over each test video at once, as ME-TST, section II, describes it; its released code
            knows windows only. `ratio` and the batch size of training do not apply: a video is
            mostly negative frames as it is. Flow is joined by `metst.samples.whole.whole_flow`.
        rois: facial regions whose flow is measured, see `metst.features.roi_flow.RoiFlow`.
        detector: finds the faces: `mesh` (default), `dlib`, as released, or the class path of
            another one.
        smooth: frames before and after a window's first one that its landmarks are smoothed over.
        flow: what computes the flow: `farneback`, as released, or `dis`.
        alignment: how face crops follow the head: by whole pixels of the frame, as released, or
            `subpixel`, see `metst.features.roi_flow.method`.
        augmentations: what changes training batches at random, in this order; see
            `metst.samples.augmentations`. None: a gain, as released.
    """

    def __init__(
        self,
        k: int,
        ratio: float = 4.0,
        labels: Rule = "strict",
        shuffle_labels: bool = False,
        whole_videos: bool = False,
        rois: str = "me_tst",
        detector: LandmarkDetector | str | None = DEFAULT,
        smooth: int = 0,
        flow: Flow = "farneback",
        alignment: Alignment = "pixel",
        augmentations: list[Augmentation] | None = None,
    ) -> None:
        even = k >= 2 and k % 2 == 0
        require("data.samples.k", k, even, "an even number of frames, 2 or more")
        require("data.samples.ratio", ratio, 0 <= ratio < math.inf, "0 or a number above 0")
        self.k, self.ratio = k, ratio
        self.label_rule = labels
        self.shuffle_labels = shuffle_labels
        self.whole_videos = whole_videos
        self.feature = RoiFlow(k, rois, detector, Method(flow, alignment, smooth))
        self.augmentations = [Gain()] if augmentations is None else augmentations
        for augmentation in self.augmentations:
            augmentation.prepare(self.feature.rois)

    # What the data module asks for

    def open(self, fold: Fold, source: Source) -> None:
        """Take another fold.

        A subject whose videos are all shorter than one window is tested, too: nothing can be found
        in them, and what is annotated there is missed.

        Raises:
            MetstError: all videos of the data set are shorter than one window.
        """
        super().open(fold, source)
        for name in ("_training", "_validation"):
            self.__dict__.pop(name, None)
        if not self._long_enough(fold.recordings):
            msg = (
                f"none of its {len(fold.test)} videos has {self.k} frames, nor has any other of "
                f"{source.dataset.name}; choose a smaller --data.samples.k"
            )
            raise MetstError(msg)

    def training(self) -> SampleSet:
        """Windows or whole videos with their targets, augmented."""
        return self._training

    def validation(self) -> SampleSet:
        """The same of the validation subjects, chosen by draws of their own, not augmented."""
        return self._validation

    def testing(self) -> SampleSet:
        """All windows of the left-out subject, video after video; or its videos, whole.

        Where no video is as long as a window there is one window of zeros, for the trainer passes
        over a test without batches; `join` takes it away.
        """
        whole = [self._whole(r) for r in self._testable] if self.whole_videos else []
        if whole:
            none = [torch.zeros(flow.shape[1]) for flow in whole]  # (T,) each
            videos = [(flow, zero, zero.long()) for flow, zero in zip(whole, none, strict=True)]
            return Videos(videos, self.fold.key)
        flow = torch.cat([self._flow(r, tail=True) for r in self.fold.test])
        if not len(flow):
            why = "every video is shorter than a window of %d frames; nothing can be found"
            _log.warning("fold %s: " + why, self.fold.subject, self.k)
            flow = flow.new_zeros(1, *flow.shape[1:])
        zeros = torch.zeros(len(flow), self.k)  # (W, k)
        return Windows(flow, zeros, zeros.long(), self.fold.key)

    @property
    def batch_size(self) -> int | None:
        """One whole video; any number of windows."""
        return 1 if self.whole_videos else None

    def join(
        self,
        parts: Sequence[Tensor],
        time: int = 1,
        recordings: Sequence[Recording] | None = None,
    ) -> Tensor:
        """What came of batches, as windows (N, ..., k, ...); videos are cut into them.

        Args:
            parts: of each batch (B, ..., T, ...).
            time: the dimension of T.
            recordings: whose windows or videos these are; those of the test by default.
        """
        whole = self._testable if recordings is None else self._long_enough(recordings)
        if not whole:
            return parts[0][:0]
        if not self.whole_videos:
            return torch.cat(list(parts))
        return torch.cat([self._cut(p[0], r, time - 1) for p, r in zip(parts, whole, strict=True)])

    # What a system asks for

    def window_counts(self, recordings: Sequence[Recording]) -> tuple[int, ...]:
        """Number of windows of each recording, tail windows included."""
        return tuple(len(self._starts(r, tail=True)) for r in recordings)

    def test_flow(self) -> Tensor:
        """Flow windows (N, C, k) of the left-out subject, as a network reads them."""
        return torch.cat([self._flow_read(r) for r in self.fold.test])

    def emotion_counts(self) -> Tensor:
        """Frames per class (E + 1,) in what the fold is trained on."""
        return torch.bincount(self._training.classes(), minlength=len(self.fold.emotions) + 1)

    def motion_threshold(self) -> float:
        """Speed that nearly all micro-expressions of the training subjects stay below."""
        training = self.fold.annotated("strict")  # what nobody annotated need not be in memory
        flow = [self._flow_read(r) for r in training]  # (W, C, k) each
        speed = speed_curves(torch.cat(flow), [len(f) for f in flow], training, self.k)
        return motion_threshold(speed, training)

    def training_flow(self, windows: int) -> Iterator[tuple[Recording, Tensor]]:
        """Videos of the training subjects and their flow (B, C, T), as the network reads it.

        In a random order that follows from (seed, subject), until `windows` windows are reached.
        """
        videos = self._long_enough(self.fold.training)
        for i in generator(*self.fold.key, "training flow").permutation(len(videos)).tolist():
            yield videos[i], self._input(videos[i])
            windows -= len(self._starts(videos[i], tail=True))
            if windows <= 0:
                return

    # How it is done

    def _starts(self, recording: Recording, *, tail: bool) -> NDArray[np.int64]:
        return window_starts(recording.frames, self.k, tail)

    def _flow(self, recording: Recording, *, tail: bool) -> Tensor:
        """Flow windows (W, C, k) of a video."""
        windows = self.source.read(recording).arrays["windows"]
        return torch.from_numpy(windows[: len(self._starts(recording, tail=tail))])

    def _flow_read(self, recording: Recording) -> Tensor:
        """Flow windows (W, C, k) as the network reads them; of a whole video, cut from it."""
        if self.whole_videos and len(self._starts(recording, tail=True)):
            return self._cut(self._whole(recording), recording, time=1)
        return self._flow(recording, tail=True)

    def _input(self, recording: Recording) -> Tensor:
        """Flow of a video as a test batch holds it: windows (W, C, k), or the whole (1, C, T)."""
        if self.whole_videos:
            return self._whole(recording)[None]
        return self._flow(recording, tail=True)

    def _long_enough(self, recordings: Sequence[Recording]) -> list[Recording]:
        """Those with at least one window."""
        return [r for r in recordings if len(self._starts(r, tail=True))]

    def _whole(self, recording: Recording) -> Tensor:
        """Flow (C, T) of a whole video."""
        windows = self._flow(recording, tail=True).numpy()  # (W, C, k)
        starts = self._starts(recording, tail=True)
        return torch.from_numpy(whole_flow(windows, starts, recording.frames))

    def _cut(self, video: Tensor, recording: Recording, time: int) -> Tensor:
        """Windows (W, ..., k, ...) of what a video (..., T, ...) holds."""
        starts = torch.from_numpy(self._starts(recording, tail=True))
        frames = (starts[:, None] + torch.arange(self.k)).to(video.device)  # (W, k)
        taken = video.index_select(time, frames.flatten())  # (..., W k, ...)
        return taken.reshape(*video.shape[:time], *frames.shape, *video.shape[time + 1 :]).movedim(
            time, 0
        )

    @property
    def _testable(self) -> list[Recording]:
        """Recordings of the left-out subject that have a window."""
        return self._long_enough(self.fold.test)

    @cached_property
    def _training(self) -> Windows | Videos:
        return self._made(self.fold.annotated(self.label_rule), "sampling", self.augmentations)

    @cached_property
    def _validation(self) -> Windows | Videos:
        return self._made(annotated(self.fold.validation, self.label_rule), "validation sampling")

    def _made(
        self,
        recordings: Sequence[Recording],
        draw: str,
        augmentations: Sequence[Augmentation] = (),
    ) -> Windows | Videos:
        """Windows or whole videos with their targets.

        Args:
            recordings: videos with a micro-expression.
            draw: name of the draws that choose windows.
            augmentations: of the samples.

        Raises:
            MetstError: all of the videos are too short.
        """
        long = self._long_enough(recordings)
        if not long:
            msg = (
                "no video with a micro-expression of another subject has "
                f"{self.k} frames; choose a smaller --data.samples.k"
            )
            raise MetstError(msg)
        rule, key = self.label_rule, self.fold.key
        targets = video_targets(long, self.fold, rule, shuffled=self.shuffle_labels)
        if self.whole_videos:
            return Videos(self._videos(long, targets), key, augmentations)
        return Windows(*self._windows(long, targets, draw), key, augmentations)

    def _videos(
        self, recordings: Sequence[Recording], targets: Sequence[Targets]
    ) -> list[FlowBatch]:
        """Whole videos with their targets."""
        return [
            (self._whole(r), torch.from_numpy(t.spot), torch.from_numpy(t.emotion))
            for r, t in zip(recordings, targets, strict=True)
        ]

    def _windows(
        self, recordings: Sequence[Recording], targets: Sequence[Targets], draw: str
    ) -> FlowBatch:
        """Selected windows with their targets."""
        flow = torch.cat([self._flow(r, tail=False) for r in recordings])  # (W, C, k)
        starts = [self._starts(r, tail=False) for r in recordings]
        pairs = list(zip(targets, starts, strict=True))
        spot = np.concatenate([cut(t.spot, s, self.k) for t, s in pairs])  # (W, k)
        emotion = np.concatenate([cut(t.emotion, s, self.k) for t, s in pairs])  # (W, k)
        chosen = balance(np.any(spot, axis=1), self.ratio, generator(*self.fold.key, draw))
        return flow[chosen], torch.from_numpy(spot[chosen]), torch.from_numpy(emotion[chosen])
