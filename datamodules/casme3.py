"""CAS(ME)^3, part A."""

from datamodules.loso import LOSODataModule
from metst.datasets.casme3 import CASME3


class CASME3DataModule(LOSODataModule):
    """See `metst.datasets.casme3`."""

    dataset = CASME3
