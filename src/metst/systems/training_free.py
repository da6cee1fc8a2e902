"""Systems that find intervals by rules, in features as they are stored; nothing is trained."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from metst.datasets.labels.records import Kind, Recording
from metst.features.store import Arrays
from metst.intervals.decoder import DecoderName
from metst.intervals.fitting import Constants, annotated, best_constants, finds
from metst.intervals.proposals import FrameCurves, Proposals
from metst.intervals.sampled import facts
from metst.samples import Stored, expect
from metst.samples.data import FoldData
from metst.systems.spotter import Outputs
from metst.systems.system import System


class Found(NamedTuple):
    """An interval of a recording, in frames; higher scores are surer."""

    onset: int
    apex: int
    offset: int
    score: float


class Drawn(NamedTuple):
    """What the intervals of a recording were found in: a curve (L,), and the least height."""

    curve: Tensor
    threshold: float


def runs(high: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last place of each run of true values."""
    edges = np.flatnonzero(np.diff(high, prepend=False, append=False))
    return list(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))


@dataclass(frozen=True)
class RuleDecoder(ABC):
    """Intervals of one kind from the stored arrays of a recording.

    Attributes:
        name: `authors` takes the published constants, `strict` those that find most in the
            training videos.
        kind: what it finds.
    """

    name: DecoderName
    kind: Kind

    @abstractmethod
    def grid(self) -> Sequence[Constants]:
        """Constants that are tried, the published ones first."""

    @abstractmethod
    def find(self, arrays: Arrays, recording: Recording, constants: Constants) -> list[Found]:
        """Intervals of a recording."""

    @abstractmethod
    def drawn(self, arrays: Arrays, recording: Recording, constants: Constants) -> Drawn:
        """What they were found in, for pictures."""

    def fit(self, arrays: Sequence[Arrays], recordings: Sequence[Recording]) -> Constants:
        """The constants with the highest F1 in training videos, or the published ones."""
        if self.name == "authors":
            return self.grid()[0]
        truth = annotated(recordings, self.kind)

        def found(constants: Constants) -> Tensor:
            video, rows = self._rows(arrays, recordings, constants)
            return finds(video, rows[:, 0].long(), rows[:, 2].long(), truth)

        return best_constants(self.grid(), found, truth)

    def propose(
        self, arrays: Sequence[Arrays], recordings: Sequence[Recording], constants: Constants
    ) -> Proposals:
        """Intervals of recordings; those of micro-expressions come with their curves."""
        video, rows = self._rows(arrays, recordings, constants)
        onset, apex, offset = rows[:, :3].long().unbind(1)
        curves = [
            self.drawn(one, recording, constants)
            for one, recording in zip(arrays, recordings, strict=True)
        ]
        return Proposals(
            *(self.name, tuple(recordings), video, onset, apex, offset, rows[:, 3]),
            labels={"none": torch.full_like(video, -1)},
            kind=self.kind,
            facts=facts(self.kind, constants),
            curves=_frame_curves(curves) if self.kind == "micro" else None,
        )

    def _rows(
        self, arrays: Sequence[Arrays], recordings: Sequence[Recording], constants: Constants
    ) -> tuple[Tensor, Tensor]:
        """Place of the recording (N,) of each interval, and its `Found` (N, 4) in float64."""
        each = [
            (video, *found)
            for video, (one, recording) in enumerate(zip(arrays, recordings, strict=True))
            for found in self.find(one, recording, constants)
        ]
        rows = torch.tensor(each, dtype=torch.float64).reshape(-1, 5)
        return rows[:, 0].long(), rows[:, 1:]


def _frame_curves(drawn: Sequence[Drawn]) -> FrameCurves:
    curves = [d.curve.double() for d in drawn]
    padded = pad_sequence(curves, batch_first=True) if curves else torch.zeros(0, 0)
    thresholds = torch.tensor([d.threshold for d in drawn], dtype=torch.float64)
    lengths = torch.tensor([len(curve) for curve in curves], dtype=torch.int64)
    return FrameCurves(padded, padded, thresholds, lengths)


class TrainingFree(System):
    """Spots by rules.

    Attributes:
        reads: the samples that it is made for.
    """

    recognizes = False
    variants = ("none",)
    variant = "none"
    reads: ClassVar[type[Stored]]

    @abstractmethod
    def decoders(self, samples: Stored) -> Sequence[RuleDecoder]:
        """`authors` and `strict` ones, of each kind that it spots."""

    def calibrate(self, data: FoldData) -> None:
        """Constants that find most in the training videos."""
        samples, training = expect(data.samples, self.reads), data.fold.training
        arrays = samples.arrays(training)
        self._fitted = [(d, d.fit(arrays, training)) for d in self.decoders(samples)]

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:  # noqa: ARG002
        """Intervals of each decoder and kind."""
        test = data.fold.test
        arrays = expect(data.samples, self.reads).arrays(test)
        return [decoder.propose(arrays, test, constants) for decoder, constants in self._fitted]
