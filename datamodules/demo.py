"""The generated demo data set, in the layout of CAS(ME)^3 and read by the same code."""

from pathlib import Path

from datamodules.casme3 import CASME3DataModule
from datamodules.features import Features
from metst.base.executors import usable_cores
from metst.datasets.check.datasets import DEMO
from metst.datasets.demo import DemoOptions, generate, is_complete
from metst.datasets.labels import Timebase
from metst.datasets.labels.samples import Rule
from metst.features.roi_flow import Reference
from metst.results.locks import Lock


class DemoDataModule(CASME3DataModule):
    """Demo videos; they are made when they are missing.

    Args:
        root: folder of the demo data.
        cache: folder of the flow caches.
        k: frames per window.
        ratio: negative windows per positive one in training.
        batch_size: windows per batch, in training and test.
        labels: rule by which label rows become training targets.
        shuffle_labels: the control experiment, see `LOSODataModule`.
        features: which flow is read, see `FeatureDataModule`.
        suppress: findings that are accepted, see `FeatureDataModule`.
        reference: what flow is measured from, see `FeatureDataModule`.
        without: subjects that are taken for absent, see `FeatureDataModule`.
        whole_videos: instead of windows, see `LOSODataModule`.
        demo: what is generated.
    """

    name = "demo"
    facts = DEMO

    def __init__(
        self,
        root: Path,
        cache: Path,
        k: int,
        ratio: float,
        batch_size: int,
        labels: Rule = "strict",
        shuffle_labels: bool = False,
        features: Features = "auto",
        suppress: list[str] | None = None,
        reference: Reference = "window",
        without: list[str] | None = None,
        whole_videos: bool = False,
        demo: DemoOptions = DemoOptions(),  # noqa: B008 - frozen
    ) -> None:
        super().__init__(
            *(root, cache, k, ratio, batch_size, labels, shuffle_labels),
            *(features, suppress, reference, without, whole_videos),
        )
        self.demo = demo
        self.timebase = Timebase(fps=demo.fps)

    def locate(self) -> None:
        """Make the demo data unless they are there."""
        if not is_complete(self.root, self.demo):
            with Lock(self.root.parent / f".{self.root.name}.lock").awaited(f"making {self.root}"):
                generate(self.root, self.demo, usable_cores())
        super().locate()
