"""Videos and labels of one's own, described by the group `folder` of the YAML; see metst init."""

from pathlib import Path
from typing import Any

from datamodules.loso import LOSODataModule
from metst.datasets.folder.dataset import Folder
from metst.datasets.folder.options import FolderOptions


class FolderDataModule(LOSODataModule):
    """A folder of videos with labels; of 7 `emotions` each word of `folder.emotions` is one.

    Args:
        root: the folder.
        folder: what the folder holds.
        data: of every data set, see `LOSODataModule`.
    """

    def __init__(
        self,
        root: Path,
        folder: FolderOptions,
        **data: Any,  # noqa: ANN401 - of the base
    ) -> None:
        self.dataset = Folder(folder, root)
        super().__init__(root, **data)
