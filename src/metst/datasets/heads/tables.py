"""Label tables of rendered heads, those of the data set whose layout they have."""

from collections.abc import Sequence
from pathlib import Path

from metst.datasets.generated.tables import write_casme3, write_sammlv
from metst.datasets.heads.layout import TABLES
from metst.datasets.heads.options import Layout
from metst.datasets.heads.summary import Summary


def write_tables(root: Path, layout: Layout, summaries: Sequence[Summary]) -> None:
    """Write both label tables.

    Raises:
        OSError: a file cannot be written.
    """
    units = {
        seen.expression: "+".join(map(str, seen.units))
        for summary in summaries
        for seen in summary.expressions
    }
    first, second = (root / file for file in TABLES[layout])
    write = write_casme3 if layout == "casme3" else write_sammlv
    write(first, second, units, units.__getitem__)
