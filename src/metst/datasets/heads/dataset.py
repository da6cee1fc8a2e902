"""Rendered heads: the benchmark, in the layouts of CAS(ME)^3 and of SAMM Long Videos."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from metst.base.executors import usable_cores
from metst.base.locks import Lock
from metst.datasets.base import DataSet
from metst.datasets.casme3 import Casme3
from metst.datasets.conditions import Conditions, Curves
from metst.datasets.heads.options import HeadsOptions, Knobs
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.published import Published
from metst.datasets.sammlv import SammLv

NAMED: Final[Mapping[str, HeadsOptions]] = {
    "heads": HeadsOptions(seed=2),
    "heads-dev": HeadsOptions(seed=1),
    "heads-200": HeadsOptions(layout="sammlv", subjects=8, minutes=5.0, micro=40, seed=1),
}
"""The sets that have a name: to report, to develop on, and at 200 frames/s."""


class _Rendered(DataSet):
    """Rendered heads; they are made when they are missing.

    Args:
        options: what is made. Sets of other options than the named ones are named by a digest of
            theirs, so that their stores of features are others.
    """

    how_to_get = "It is generated: metst heads makes it, and so does make loso"
    published_counts: Mapping[str, tuple[int, ...]] = {}
    published_scores: tuple[Published, ...] = ()

    def __init__(self, options: HeadsOptions) -> None:
        self.options = options
        names = [name for name, named in NAMED.items() if named == options]
        digest = sha256(json.dumps(asdict(options), sort_keys=True).encode()).hexdigest()
        self.name = names[0] if names else f"heads-{digest[:8]}"

    def configured(self, settings: Mapping[str, Any]) -> DataSet:
        """With the options under `heads`."""
        given = dict(settings.get("heads") or {})
        knobs = Knobs(**(given.pop("knobs", None) or {}))
        return rendered(HeadsOptions(**given, knobs=knobs))

    def prepare(self, root: Path) -> None:
        """Make the videos and tables unless they are there."""
        from metst.datasets.heads.folder import is_complete

        if not is_complete(root, self.options):
            # What draws videos takes as long to import as all other data sets together.
            from metst.datasets.heads.maker import generate

            with Lock(root.parent / f".{root.name}.lock").awaited(f"making {root}"):
                generate(root, self.options, usable_cores())

    def version(self, root: Path) -> str:
        """See `DataSet`; name, version of the recipe and digest of all pixels."""
        from metst.datasets.heads.folder import RECIPE, digest

        return f"{self.name}, recipe {RECIPE}, pixels {digest(root, self.options)[:12]}"

    def conditions(self, root: Path) -> Mapping[VideoKey, Conditions]:
        """See `DataSet`."""
        from metst.datasets.heads.records import read_conditions

        return read_conditions(root)

    def action_units(self, root: Path, subject: str, video: str) -> Curves:
        """See `DataSet`."""
        from metst.datasets.heads.records import action_units

        return action_units(root, subject, video)


class Heads(_Rendered, Casme3):
    """At 30 frames/s, in the files and tables of CAS(ME)^3."""


class LongHeads(_Rendered, SammLv):
    """At 200 frames/s, in the files and tables of SAMM Long Videos."""


def rendered(options: HeadsOptions) -> DataSet:
    """The data set of some options."""
    return Heads(options) if options.layout == "casme3" else LongHeads(options)


HEADS, HEADS_DEV, HEADS_200 = (rendered(options) for options in NAMED.values())
