"""The generated demo data set, in the layout of CAS(ME)^3 and read by the same code."""

from pathlib import Path

from datamodules.casme3 import CASME3DataModule
from datamodules.features import Features
from metst.base.executors import usable_cores
from metst.datasets.check.datasets import DEMO
from metst.datasets.demo import DemoOptions, generate, is_complete
from metst.datasets.labels import Timebase
from metst.results.locks import Lock
from metst.samples import Samples


class DemoDataModule(CASME3DataModule):
    """Demo videos; they are made when they are missing.

    Args:
        root: folder of the demo data.
        cache: folder of the flow caches.
        samples: what a system reads, see `LOSODataModule`.
        batch_size: samples per batch, in training and test.
        features: which flow is read, see `FeatureDataModule`.
        suppress: findings that are accepted, see `FeatureDataModule`.
        without: subjects that are taken for absent, see `FeatureDataModule`.
        demo: what is generated.
    """

    name = "demo"
    facts = DEMO

    def __init__(
        self,
        root: Path,
        cache: Path,
        samples: Samples,
        batch_size: int = 32,
        features: Features = "auto",
        suppress: list[str] | None = None,
        without: list[str] | None = None,
        demo: DemoOptions = DemoOptions(),  # noqa: B008 - frozen
    ) -> None:
        super().__init__(root, cache, samples, batch_size, features, suppress, without)
        self.demo = demo
        self.timebase = Timebase(fps=demo.fps)

    def locate(self) -> None:
        """Make the demo data unless they are there."""
        if not is_complete(self.root, self.demo):
            with Lock(self.root.parent / f".{self.root.name}.lock").awaited(f"making {self.root}"):
                generate(self.root, self.demo, usable_cores())
        super().locate()
