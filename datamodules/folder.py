"""Videos and labels of one's own, described by the group `folder` of the YAML; see metst init."""

from pathlib import Path

from datamodules.loso import LOSODataModule
from metst.datasets.base import EmotionCount
from metst.datasets.folder.dataset import Folder
from metst.datasets.folder.options import FolderOptions
from metst.features.source import Features
from metst.samples import Samples


class FolderDataModule(LOSODataModule):
    """A folder of videos with labels.

    Args:
        root: the folder.
        cache: folder of the feature stores.
        samples: what a system reads, see `LOSODataModule`.
        folder: what the folder holds.
        batch_size: samples per batch, in training and test.
        features: which features are read, see `LOSODataModule`.
        suppress: findings that are accepted.
        without: subjects that are taken for absent.
        emotions: emotion classes of the task; 7: each word of `folder.emotions` is one.
        validation: validation subjects of each fold.
    """

    def __init__(
        self,
        root: Path,
        cache: Path,
        samples: Samples,
        folder: FolderOptions,
        batch_size: int = 32,
        features: Features = "auto",
        suppress: list[str] | None = None,
        without: list[str] | None = None,
        emotions: EmotionCount = 4,
        validation: int | None = None,
    ) -> None:
        self.dataset = Folder(folder, root)
        super().__init__(
            *(root, cache, samples, batch_size, features, suppress, without, emotions, validation)
        )
