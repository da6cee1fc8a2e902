"""SAMM Long Videos."""

from datamodules.loso import LOSODataModule
from metst.datasets.sammlv import SAMMLV


class SAMMLVDataModule(LOSODataModule):
    """See `metst.datasets.sammlv`."""

    dataset = SAMMLV
