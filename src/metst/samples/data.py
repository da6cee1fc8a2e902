"""What a data module and a judging callback owe the runner and each other."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import pandas as pd
from torch import Tensor

from metst.base.executors import Executor
from metst.datasets.labels import Recording
from metst.datasets.labels.findings import Finding
from metst.intervals.stitching import Outputs

if TYPE_CHECKING:
    from lightning.pytorch import LightningDataModule


class FoldData(Protocol):
    """A data set that can leave one subject out.

    Attributes:
        k: frames per window.
        batch_size: windows per batch.
        subject: the subject that is left out; empty before `choose`.
        seed: of everything random in the fold.
        analyzed: emotions whose recognition is averaged in this data set's published scores.
    """

    k: int
    batch_size: int
    subject: str
    seed: int
    analyzed: tuple[str, ...]

    def locate(self) -> None:
        """Raise `DataError` when the data set is not where the configuration has it."""

    def extract(self, executor: Executor) -> tuple[str, ...]:
        """Fill the flow cache with what is missing from it; returns messages about damage."""

    def label_errors(self) -> Sequence[Finding]:
        """Errors in the labels that change what is trained on or counted."""

    def identity(self) -> dict[str, str]:
        """Digests of everything that results follow from, by name; other data give others."""

    def recordings(self) -> tuple[Recording, ...]:
        """Every recording of the data set, in fold and video order."""

    def subjects(self) -> tuple[str, ...]:
        """The folds: subjects in natural order."""

    def choose(self, subject: str, seed: int) -> None:
        """Leave out `subject`; all random choices of the fold follow from (seed, subject)."""

    def test_recordings(self) -> tuple[Recording, ...]:
        """Recordings of the left-out subject, in the order of the test windows."""

    def windows_per_recording(self) -> tuple[int, ...]:
        """Number of test windows of each of `test_recordings`, tail windows included."""

    def windowed(
        self, parts: Sequence[Tensor], time: int, recordings: Sequence[Recording] | None = None
    ) -> Tensor:
        """What came of the test batches, each (B, ..., T, ...), as windows (N, ..., k, ...).

        Args:
            parts: in the order of the batches; windows already, or whole videos.
            time: the dimension of T.
            recordings: whose windows or videos these are; those of the test by default.
        """

    def training_flow(self, windows: int) -> Iterator[tuple[Recording, Tensor]]:
        """Videos of the training subjects and their flow (B, C, T), as the network reads it.

        In a random order that follows from (seed, subject), until `windows` windows are reached.
        """

    def emotion_counts(self) -> Tensor:
        """Frames per class (E + 1,) in what the fold is trained on."""

    def motion_threshold(self) -> float:
        """Speed, in crop pixels per frame, above which recognition decides about a candidate."""


@runtime_checkable
class Judge(Protocol):
    """A callback that leaves a fold's predictions, and can score those of all folds together."""

    def predict(self, outputs: Outputs, flow: Tensor, data: FoldData) -> pd.DataFrame:
        """The fold's predictions from its window outputs and flow windows (N, C, k)."""

    def evaluate(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], analyzed: tuple[str, ...]
    ) -> dict[str, Any]:
        """Contents of `results.json`; `metst.scoring.pooling.pool` describes it."""


def flow_windows(data: FoldData) -> Tensor:
    """Flow windows (N, C, k) of the left-out subject, as its network reads them."""
    batches = cast("LightningDataModule", data).test_dataloader()
    return data.windowed([batch[0] for batch in batches], time=2)
