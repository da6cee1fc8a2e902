"""A data set and its features as a LightningDataModule."""

from pathlib import Path

from lightning.pytorch import LightningDataModule

from metst.base.executors import Executor
from metst.datasets.base import DataSet, EmotionCount
from metst.datasets.labels import Recording
from metst.datasets.labels.findings import Finding
from metst.features.feature import Feature
from metst.features.source import Features, Source


class FeatureDataModule(LightningDataModule):
    """Recordings of one data set with their features, see `metst.features.source.Source`.

    Args:
        root: folder of the data set.
        cache: folder of the feature stores, one folder per data set inside.
        feature: what is measured.
        features: which features are read: extracted here, released by the authors, or `auto`.
        suppress: findings that somebody has seen and accepts.
        without: subjects that are taken for absent.
        emotions: emotion classes of the task: 3, 4 or 7.
    """

    dataset: DataSet
    """What data set it is; a subclass names it."""

    def __init__(
        self,
        root: Path,
        cache: Path,
        feature: Feature,
        features: Features = "auto",
        suppress: list[str] | None = None,
        without: list[str] | None = None,
        emotions: EmotionCount = 4,
    ) -> None:
        super().__init__()
        self.source = Source(
            *(self.dataset, root, cache, feature),
            *(suppress or (), without or (), features, emotions),
        )

    # What the runner and the report ask for

    @property
    def emotions(self) -> tuple[str, ...]:
        """Classes in the order of a network's logits, without neutral."""
        return self.source.emotions.classes

    @property
    def analyzed(self) -> tuple[str, ...]:
        """Emotions whose recognition is averaged in the data set's published scores."""
        return self.source.analyzed()

    def locate(self) -> None:
        """See `Source.locate`."""
        self.source.locate()

    def extract(self, executor: Executor) -> tuple[str, ...]:
        """See `Source.extract`."""
        return self.source.extract(executor)

    def recordings(self) -> tuple[Recording, ...]:
        """See `Source.recordings`."""
        return self.source.recordings()

    def subjects(self) -> tuple[str, ...]:
        """See `Source.subjects`."""
        return self.source.subjects()

    def label_errors(self) -> tuple[Finding, ...]:
        """See `Source.label_errors`."""
        return self.source.label_errors()

    def identity(self) -> dict[str, str]:
        """See `Source.identity`."""
        return self.source.identity()
