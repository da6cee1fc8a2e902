"""The choice of a fold, its windows, targets and batches: the same for all data sets.

Shapes: W windows, C flow channels, k frames per window, E emotion classes, B windows per batch,
T frames of a video.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from datamodules.batches import KeyedBatches, SameBatches, Samples, Videos, Windows, in_batches
from datamodules.features import FeatureDataModule, Features
from metst.base.errors import MetstError
from metst.base.randomness import generator
from metst.base.settings import require
from metst.datasets.labels import EMOTIONS, Recording
from metst.datasets.labels.samples import Rule, samples
from metst.features.roi_flow import Reference
from metst.features.windows import cut, window_starts
from metst.intervals.synergy import motion_threshold, speed_curves
from metst.samples.sampling import balance
from metst.samples.targets import frame_labels
from metst.samples.whole import whole_flow
from metst.systems.me_tst.module import Batch


@dataclass(frozen=True)
class Targets:
    """What each frame of one video should answer: score (L,) in {0, 1} and class (L,)."""

    spot: NDArray[np.float32]
    emotion: NDArray[np.int64]

    def resized(self, frames: int) -> "Targets":
        """Cut or repeated to another number of frames."""
        return Targets(np.resize(self.spot, frames), np.resize(self.emotion, frames))


class LOSODataModule(FeatureDataModule):
    """Leave-one-subject-out data of one data set.

    Trains on the windows of all other subjects' videos that have a micro-expression, tests on every
    video of the left-out subject.

    Args:
        root: folder of the data set.
        cache: folder of the flow caches, one folder per data set inside.
        k: frames per window (released: 50 for CAS(ME)^3, 30 for SAMM-LV).
        ratio: negative windows per positive one in training.
        batch_size: windows per batch, in training and test.
        labels: rule by which label rows become training targets: `strict`, or `authors` with the
            released code's mistakes (`metst.datasets.labels.authors`).
        shuffle_labels: the control experiment: training targets change places between videos, so
            that nothing can be learned, and anything that is scored all the same has leaked.
        features: which flow is read, see `FeatureDataModule`.
        suppress: findings that are accepted, see `FeatureDataModule`.
        reference: what flow is measured from, see `FeatureDataModule`.
        without: subjects that are taken for absent, see `FeatureDataModule`.
        whole_videos: train on whole videos instead of windows, one per batch, and run the network
            over each test video at once, as ME-TST, section II, describes it; its released code
            knows windows only. `ratio` and the batch size of training do not apply: a video is
            mostly negative frames as it is. Flow is joined by `metst.samples.whole.whole_flow`.
    """

    def __init__(
        self,
        root: Path,
        cache: Path,
        k: int,
        ratio: float,
        batch_size: int,
        labels: Rule = "strict",
        shuffle_labels: bool = False,
        features: Features = "auto",
        suppress: list[str] | None = None,
        reference: Reference = "window",
        without: list[str] | None = None,
        whole_videos: bool = False,
    ) -> None:
        require("data.k", k, k >= 2, "2 frames or more: flow is measured between frames")
        require("data.ratio", ratio, 0 <= ratio < math.inf, "0 or a number above 0")
        require("data.batch_size", batch_size, batch_size >= 1, "1 or more")
        super().__init__(root, cache, k, features, suppress, reference, without)
        self.ratio = ratio
        self.batch_size = batch_size
        self.label_rule = labels
        self.shuffle_labels = shuffle_labels
        self.whole_videos = whole_videos
        self.subject = ""
        self.seed = 0
        self._epoch = 0

    # What the runner asks for

    def choose(self, subject: str, seed: int) -> None:
        """Leave out `subject`; all random choices of the fold follow from (seed, subject).

        A subject whose videos are all shorter than one window is tested, too: nothing can be found
        in them, and what is annotated there is missed.

        Raises:
            MetstError: all videos of the data set are shorter than one window.
        """
        self.subject, self.seed = subject, seed
        if not self._long_enough(self._recordings):
            msg = (
                f"none of its {len(self.test_recordings())} videos has {self.k} "
                f"frames, nor has any other of {self.name}; choose a smaller --data.k"
            )
            raise MetstError(msg)

    def test_recordings(self) -> tuple[Recording, ...]:
        """Recordings of the left-out subject, in the order of the test windows."""
        return tuple(r for r in self._recordings if r.subject == self.subject)

    def windows_per_recording(self) -> tuple[int, ...]:
        """Number of test windows of each of `test_recordings`, tail windows included."""
        return tuple(len(self._starts(r, tail=True)) for r in self.test_recordings())

    def windowed(
        self, parts: Sequence[Tensor], time: int, recordings: Sequence[Recording] | None = None
    ) -> Tensor:
        """What came of the test batches, as windows (N, ..., k, ...); videos are cut into them.

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

    def emotion_counts(self) -> Tensor:
        """Frames per class (E + 1,) in what the fold is trained on."""
        return torch.bincount(self._training.classes(), minlength=len(EMOTIONS) + 1)

    def motion_threshold(self) -> float:
        """Speed that nearly all micro-expressions of the training subjects stay below."""
        training = self._others("strict")  # what nobody annotated need not be in memory
        flow = [self._flow_read(r) for r in training]  # (W, C, k) each
        speed = speed_curves(torch.cat(flow), [len(f) for f in flow], training, self.k)
        return motion_threshold(speed, training)

    def training_flow(self, windows: int) -> Iterator[tuple[Recording, Tensor]]:
        """Videos of the training subjects and their flow (B, C, T), as the network reads it.

        In a random order that follows from (seed, subject), until `windows` windows are reached.
        """
        training = [r for r in self._recordings if r.subject != self.subject]
        videos = self._long_enough(training)
        for i in generator(*self._key, "training flow").permutation(len(videos)).tolist():
            yield videos[i], self._input(videos[i])
            windows -= len(self._starts(videos[i], tail=True))
            if windows <= 0:
                return

    # What the trainer asks for

    def train_dataloader(self) -> DataLoader[Batch]:
        """Shuffled, augmented training windows; a batch is drawn from its own key."""
        size = 1 if self.whole_videos else self.batch_size
        batches = KeyedBatches(len(self._training), size, self._key, self._epoch)
        if self.trainer and self.trainer.overfit_batches:  # type: ignore[attr-defined]
            return DataLoader(SameBatches(self._training, batches), batch_size=None)
        return DataLoader(self._training, sampler=batches, batch_size=None)

    def test_dataloader(self) -> DataLoader[Batch]:
        """All windows of the left-out subject, video after video; or its videos, whole.

        Where no video is as long as a window there is one window of zeros, for the trainer passes
        over a test without batches; `windowed` takes it away.
        """
        # Nobody looks at the targets of the left-out subject here: metrics read its labels.
        samples: Samples
        if self.whole_videos and self._testable:
            whole = [self._whole(r) for r in self._testable]
            none = [torch.zeros(flow.shape[1]) for flow in whole]  # (T,) each
            videos = [(flow, zero, zero.long()) for flow, zero in zip(whole, none, strict=True)]
            samples, size = Videos(videos, self._key, augment=False), 1
        else:
            flow = torch.cat([self._flow(r, tail=True) for r in self.test_recordings()])
            flow = flow if len(flow) else flow.new_zeros(1, *flow.shape[1:])
            zeros = torch.zeros(len(flow), self.k)  # (W, k)
            samples = Windows(flow, zeros, zeros.long(), self._key, augment=False)
            size = self.batch_size
        batches = list(in_batches(torch.arange(len(samples)), size, epoch=0))
        return DataLoader(samples, sampler=batches, batch_size=None)

    def state_dict(self) -> dict[str, int]:
        """The epoch that a resumed training begins with.

        Lightning asks for the loader of a resumed training before it knows the epoch itself.
        """
        return {"epoch": self.trainer.current_epoch + 1 if self.trainer else 0}

    def load_state_dict(self, state_dict: dict[str, int]) -> None:
        """What `state_dict` gave."""
        self._epoch = state_dict["epoch"]

    # How it is done

    @property
    def _key(self) -> tuple[int, str]:
        return self.seed, self.subject

    def _starts(self, recording: Recording, *, tail: bool) -> NDArray[np.int64]:
        return window_starts(recording.frames, self.k, tail)

    def _flow(self, recording: Recording, *, tail: bool) -> Tensor:
        """Flow windows (W, C, k) of a video."""
        entry = self.cache.read(self._spec, recording.subject, recording.video)
        return torch.from_numpy(entry.windows[: len(self._starts(recording, tail=tail))])

    def _flow_read(self, recording: Recording) -> Tensor:
        """Flow windows (W, C, k) as the network reads them; of a whole video, cut from it."""
        if self.whole_videos:
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
        return self._long_enough(self.test_recordings())

    def _others(self, rule: Rule) -> list[Recording]:
        """Recordings of the other subjects with a micro-expression that a rule can use.

        Raises:
            MetstError: there is none.
        """
        found = [r for r in self._recordings if r.subject != self.subject and samples(r, rule)]
        if not found:
            msg = f"fold {self.subject}: no other subject has a micro-expression to train on"
            raise MetstError(msg)
        return found

    @cached_property
    def _training(self) -> Samples:
        """What the fold is trained on."""
        recordings = self._long_enough(self._others(self.label_rule))
        if not recordings:
            msg = (
                "no video with a micro-expression of another subject has "
                f"{self.k} frames; choose a smaller --data.k"
            )
            raise MetstError(msg)
        return self._videos(recordings) if self.whole_videos else self._windows(recordings)

    def _videos(self, recordings: Sequence[Recording]) -> Videos:
        """Whole training videos with their targets."""
        targets = [
            (torch.from_numpy(t.spot), torch.from_numpy(t.emotion))
            for t in self._targets(recordings)
        ]
        flow = [self._whole(r) for r in recordings]  # (C, T) each
        videos = [(x, *target) for x, target in zip(flow, targets, strict=True)]
        return Videos(videos, self._key, augment=True)

    def _windows(self, recordings: Sequence[Recording]) -> Windows:
        """Selected training windows with their targets."""
        flow = torch.cat([self._flow(r, tail=False) for r in recordings])  # (W, C, k)
        starts = [self._starts(r, tail=False) for r in recordings]
        pairs = list(zip(self._targets(recordings), starts, strict=True))
        spot = np.concatenate([cut(t.spot, s, self.k) for t, s in pairs])  # (W, k)
        emotion = np.concatenate([cut(t.emotion, s, self.k) for t, s in pairs])  # (W, k)
        chosen = balance(np.any(spot, axis=1), self.ratio, generator(*self._key, "sampling"))
        return Windows(
            flow[chosen],
            torch.from_numpy(spot[chosen]),
            torch.from_numpy(emotion[chosen]),
            self._key,
            augment=True,
        )

    def _targets(self, recordings: Sequence[Recording]) -> list[Targets]:
        """Frame targets of each training video; of another one where labels are shuffled."""
        targets = [self._own_targets(r) for r in recordings]
        if not self.shuffle_labels:
            return targets
        order = generator(*self._key, "shuffled labels").permutation(len(targets))
        # Along one cycle through all videos, so that none keeps its own.
        source = dict(zip(order, np.roll(order, 1), strict=True))
        return [targets[source[i]].resized(r.frames) for i, r in enumerate(recordings)]

    def _own_targets(self, recording: Recording) -> Targets:
        found = samples(recording, self.label_rule)
        spans, classes = [(on, off) for on, off, _ in found], [c for _, _, c in found]
        return Targets(*frame_labels(spans, classes, recording.frames))
