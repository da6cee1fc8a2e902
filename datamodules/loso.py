"""What all data sets share: extraction, the choice of a fold, windows, targets, batches.

A data set is a subclass that knows facts only: where its videos and tables lie and how its frames
are counted (`casme3.py` is an example).

Shapes: W windows, C flow channels, k frames per window, E emotion classes, B windows per batch.
"""

import logging
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from lightning.pytorch import LightningDataModule
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from datamodules.batches import KeyedBatches, Windows, in_batches
from metst.cache import FlowCache, FlowSpec
from metst.errors import DataError, MetstError, VideoError
from metst.extract import VideoJob, extract_videos
from metst.labels import EMOTIONS, Recording, Timebase
from metst.labels.annotations import Annotations, VideoKey
from metst.labels.samples import Rule, samples
from metst.module import Batch
from metst.randomness import generator
from metst.roi_flow import flow_spec
from metst.windows import balance, cut, frame_labels, window_starts

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Targets:
    """What each frame of one video should answer: score (L,) in {0, 1} and class (L,)."""

    spot: NDArray[np.float32]
    emotion: NDArray[np.int64]

    def resized(self, frames: int) -> "Targets":
        """Cut or repeated to another number of frames."""
        return Targets(np.resize(self.spot, frames), np.resize(self.emotion, frames))


class LOSODataModule(LightningDataModule):
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
            released code's mistakes (`metst.labels.authors`).
        shuffle_labels: the control experiment: training targets change places between videos, so
            that nothing can be learned, and anything that is scored all the same has leaked.
    """

    name: str
    """Name of the data set in commands, caches and messages."""

    timebase: Timebase

    analyzed: tuple[str, ...] = EMOTIONS
    """Emotions whose recognition is averaged in the data set's published scores."""

    how_to_get: str
    """How to come by the data, in words, for the error when it is missing."""

    def __init__(
        self,
        root: Path,
        cache: Path,
        k: int,
        ratio: float,
        batch_size: int,
        labels: Rule = "strict",
        shuffle_labels: bool = False,
    ) -> None:
        super().__init__()
        self.root = root
        self.cache = FlowCache(cache / self.name)
        self.k = k
        self.ratio = ratio
        self.batch_size = batch_size
        self.label_rule = labels
        self.shuffle_labels = shuffle_labels
        self.subject = ""
        self.seed = 0
        self._epoch = 0

    # Facts of a data set

    @abstractmethod
    def videos(self) -> Sequence[VideoKey]:
        """Subject and video folders in natural order: the order of folds and windows."""

    @abstractmethod
    def frames(self, subject: str, video: str) -> list[Path]:
        """Image file of each sub-sampled frame of a video."""

    @abstractmethod
    def annotations(self) -> Annotations:
        """What the label tables say."""

    @property
    @abstractmethod
    def videos_folder(self) -> Path:
        """Folder that holds the videos; when it is missing, so is the data set."""

    # What the runner asks for

    def locate(self) -> None:
        """Raise `DataError` in words when the data set is not where the config says."""
        if not self.videos_folder.is_dir():
            msg = f"{self.name} is expected here and is missing. {self.how_to_get}"
            raise DataError(self.videos_folder, msg)

    def extract(self, workers: int) -> None:
        """Fill the flow cache with what is missing from it.

        Raises:
            DataError: no video at all could be measured.
        """
        jobs = list(self._jobs())
        done = extract_videos(jobs, self._spec, self.cache, workers)
        if len(done.failed) == len(jobs):
            first = f": {done.failed[0]}" if done.failed else ""
            msg = f"none of {len(self.videos())} videos could be measured{first}"
            raise DataError(self.videos_folder, msg)

    def recordings(self) -> tuple[Recording, ...]:
        """Every recording with flow, in fold and video order."""
        return self._recordings

    def subjects(self) -> tuple[str, ...]:
        """The folds: subjects in natural order."""
        return tuple(dict.fromkeys(r.subject for r in self._recordings))

    def choose(self, subject: str, seed: int) -> None:
        """Leave out `subject`; all random choices of the fold follow from (seed, subject)."""
        self.subject, self.seed = subject, seed

    def test_recordings(self) -> tuple[Recording, ...]:
        """Recordings of the left-out subject, in the order of the test windows."""
        return tuple(r for r in self._recordings if r.subject == self.subject)

    def windows_per_recording(self) -> tuple[int, ...]:
        """Number of test windows of each of `test_recordings`, tail windows included."""
        return tuple(len(self._starts(r, tail=True)) for r in self.test_recordings())

    def emotion_counts(self) -> Tensor:
        """Frames per class (E + 1,) in the selected training windows of the fold."""
        return torch.bincount(self._training.emotion.flatten(), minlength=len(EMOTIONS) + 1)

    # What the trainer asks for

    def train_dataloader(self) -> DataLoader[Batch]:
        """Shuffled, augmented training windows; a batch is drawn from its own key."""
        batches = KeyedBatches(len(self._training), self.batch_size, self._key, self._epoch)
        return DataLoader(self._training, sampler=batches, batch_size=None)

    def test_dataloader(self) -> DataLoader[Batch]:
        """All windows of the left-out subject, video after video."""
        recordings = self.test_recordings()
        flow = torch.cat([self._flow(r, tail=True) for r in recordings])  # (W, C, k)
        # Nobody looks at the targets of the left-out subject here: metrics read its labels.
        none = torch.zeros(len(flow), self.k)
        windows = Windows(flow, none, none.long(), self._key, augment=False)
        batches = list(in_batches(torch.arange(len(flow)), self.batch_size, epoch=0))
        return DataLoader(windows, sampler=batches, batch_size=None)

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

    @cached_property
    def _spec(self) -> FlowSpec:
        return flow_spec(self.k)

    @cached_property
    def _recordings(self) -> tuple[Recording, ...]:
        expressions = self.annotations().by_video(self.videos())
        return tuple(
            Recording(s, v, len(self.frames(s, v)), self.timebase, expressions[s, v])
            for s, v in self.videos()
            if self.cache.path(self._spec, s, v).exists()
        )

    def _jobs(self) -> Iterator[VideoJob]:
        """Videos to extract; one without usable image names is told and left out."""
        for subject, video in self.videos():
            try:
                yield VideoJob(subject, video, tuple(self.frames(subject, video)))
            except VideoError as error:
                _log.warning("%s/%s is left out: %s", subject, video, error)

    def _starts(self, recording: Recording, *, tail: bool) -> NDArray[np.int64]:
        return window_starts(recording.frames, self.k, tail)

    def _flow(self, recording: Recording, *, tail: bool) -> Tensor:
        """Flow windows (W, C, k) of a video."""
        entry = self.cache.read(self._spec, recording.subject, recording.video)
        return torch.from_numpy(entry.windows[: len(self._starts(recording, tail=tail))])

    @cached_property
    def _training(self) -> Windows:
        """Selected training windows of the fold."""
        recordings = [
            r for r in self._recordings if r.subject != self.subject and samples(r, self.label_rule)
        ]
        if not recordings:
            msg = f"fold {self.subject}: no other subject has a micro-expression to train on"
            raise MetstError(msg)
        targets = self._targets(recordings)
        flow = torch.cat([self._flow(r, tail=False) for r in recordings])  # (W, C, k)
        spot, emotion = (
            np.concatenate([cut(t, self._starts(r, tail=False), self.k) for r, t in pairs])
            for pairs in (
                [(r, t.spot) for r, t in zip(recordings, targets, strict=True)],
                [(r, t.emotion) for r, t in zip(recordings, targets, strict=True)],
            )
        )  # (W, k) each
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
