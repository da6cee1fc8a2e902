"""Rendered heads, in the layout of CAS(ME)^3 or of SAMM Long Videos."""

from typing import Any

from datamodules.loso import LOSODataModule
from metst.datasets.heads.dataset import HEADS, rendered
from metst.datasets.heads.options import HeadsOptions


class HeadsDataModule(LOSODataModule):
    """Rendered heads; they are made when they are missing.

    Args:
        heads: what is generated.
        data: of every data set, see `LOSODataModule`.
    """

    dataset = HEADS

    def __init__(
        self,
        heads: HeadsOptions = HeadsOptions(),  # noqa: B008 - frozen
        **data: Any,  # noqa: ANN401 - of the base
    ) -> None:
        self.dataset = rendered(heads)
        super().__init__(**data)
