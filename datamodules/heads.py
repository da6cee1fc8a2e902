"""Rendered heads, in the layout of CAS(ME)^3 or of SAMM Long Videos."""

from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.datasets.base import EmotionCount
from metst.datasets.heads.dataset import HEADS, rendered
from metst.datasets.heads.options import HeadsOptions
from metst.features.source import Features
from metst.samples import Samples


class HeadsDataModule(LOSODataModule):
    """Rendered heads; they are made when they are missing.

    Args:
        root: folder of the set.
        cache: folder of the feature stores.
        samples: what a system reads, see `LOSODataModule`.
        batch_size: samples per batch, in training and test.
        features: which features are read, see `LOSODataModule`.
        suppress: findings that are accepted.
        without: subjects that are taken for absent.
        emotions: emotion classes of the task.
        validation: validation subjects of each fold.
        heads: what is generated.
    """

    dataset = HEADS

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
        heads: HeadsOptions = HeadsOptions(),  # noqa: B008 - frozen
    ) -> None:
        self.dataset = rendered(heads)
        super().__init__(
            *(root, cache, samples, batch_size, features, suppress, without, emotions, validation)
        )
