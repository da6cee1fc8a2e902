"""The generated demo data set, in the layout of CAS(ME)^3 and read by the same code."""

from typing import Any

from datamodules.loso import LOSODataModule
from metst.datasets.demo.dataset import DEMO, Demo
from metst.datasets.demo.options import DemoOptions


class DemoDataModule(LOSODataModule):
    """Demo videos; they are made when they are missing.

    Args:
        demo: what is generated.
        data: of every data set, see `LOSODataModule`.
    """

    dataset = DEMO

    def __init__(
        self,
        demo: DemoOptions = DemoOptions(),  # noqa: B008 - frozen
        **data: Any,  # noqa: ANN401 - of the base
    ) -> None:
        self.dataset = Demo(demo)
        super().__init__(**data)
