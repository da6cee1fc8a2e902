"""The generated demo data set, in the layout of CAS(ME)^3 and read by the same code."""

from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.datasets.base import EmotionCount
from metst.datasets.demo.dataset import DEMO, Demo
from metst.datasets.demo.options import DemoOptions
from metst.features.source import Features
from metst.samples import Samples


class DemoDataModule(LOSODataModule):
    """Demo videos; they are made when they are missing.

    Args:
        root: folder of the demo data.
        cache: folder of the feature stores.
        samples: what a system reads, see `LOSODataModule`.
        batch_size: samples per batch, in training and test.
        features: which features are read, see `LOSODataModule`.
        suppress: findings that are accepted.
        without: subjects that are taken for absent.
        emotions: emotion classes of the task.
        validation: validation subjects of each fold.
        demo: what is generated.
    """

    dataset = DEMO

    def __init__(
        self,
        root: Path,
        cache: Path,
        samples: Samples,
        batch_size: int = 32,
        features: Features = "auto",
        suppress: list[str] | None = None,
        without: list[str] | None = None,
        emotions: EmotionCount = 4,
        validation: int | None = None,
        demo: DemoOptions = DemoOptions(),  # noqa: B008 - frozen
    ) -> None:
        self.dataset = Demo(demo)
        super().__init__(
            *(root, cache, samples, batch_size, features, suppress, without, emotions, validation)
        )
