"""Label tables of rendered heads, in the words of the data set whose layout they have."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from metst.datasets.generated.tables import write_casme3, write_sammlv
from metst.datasets.heads.layout import TABLES
from metst.datasets.heads.options import Layout
from metst.datasets.heads.summary import Summary
from metst.datasets.labels.records import Expression

_SAMM_WORDS: Final = {"happy": "Happiness", "sad": "Sadness", "others": "Other"}
"""Word of CAS(ME)^3 -> word of SAMM, where it is more than a capital letter."""


def write_tables(root: Path, layout: Layout, summaries: Sequence[Summary]) -> None:
    """Write both label tables.

    Raises:
        OSError: a file cannot be written.
    """
    units = {
        _worded(seen.expression, layout): "+".join(map(str, seen.units))
        for summary in summaries
        for seen in summary.expressions
    }
    first, second = (root / file for file in TABLES[layout])
    write = write_casme3 if layout == "casme3" else write_sammlv
    write(first, second, units, units.__getitem__)


def _worded(e: Expression, layout: Layout) -> Expression:
    if layout == "casme3":
        return e
    return replace(e, label=_SAMM_WORDS.get(e.label, e.label.capitalize()))
