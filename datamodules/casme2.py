"""CAS(ME)^2, part A."""

from datamodules.loso import LOSODataModule
from metst.datasets.casme2 import CASME2


class CASME2DataModule(LOSODataModule):
    """See `metst.datasets.casme2`."""

    dataset = CASME2
