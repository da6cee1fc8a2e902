"""The generated demo data set: layout and tables of CAS(ME)^3, nothing published."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from metst.base.executors import usable_cores
from metst.base.locks import Lock
from metst.datasets.casme3 import Casme3
from metst.datasets.demo.options import DemoOptions
from metst.datasets.labels.records import Timebase
from metst.datasets.published import Published


class Demo(Casme3):
    """Demo videos; they are made when they are missing.

    Args:
        options: what is made.
    """

    name = "demo"
    how_to_get = "It is generated: metst demo makes it, and so does make loso"
    published_counts: Mapping[str, tuple[int, ...]] = {}
    published_scores: tuple[Published, ...] = ()

    def __init__(self, options: DemoOptions = DemoOptions()) -> None:  # noqa: B008 - frozen
        self.options = options
        self.timebase = Timebase(fps=options.fps)

    def configured(self, settings: Mapping[str, Any]) -> Self:
        """With the options under `demo`."""
        return type(self)(DemoOptions(**(settings.get("demo") or {})))

    def prepare(self, root: Path) -> None:
        """Make the videos and tables unless they are there."""
        # What draws videos takes as long to import as all other data sets together.
        from metst.datasets.demo.maker import generate, is_complete

        if not is_complete(root, self.options):
            with Lock(root.parent / f".{root.name}.lock").awaited(f"making {root}"):
                generate(root, self.options, usable_cores())


DEMO = Demo()
