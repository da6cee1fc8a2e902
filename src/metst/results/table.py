"""Tables as Markdown, LaTeX and CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group

from metst.base.terminal import table_of
from metst.results.cells import MARK, Cell

DASH = "-"
"""Where there is no value."""

_LATEX = str.maketrans(
    {"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "$": r"\$", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True)
class Line:
    """A row of a table.

    Attributes:
        label: what was measured.
        source: who judged: a protocol, or the publication.
        cells: one per column.
    """

    label: str
    source: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Table:
    """A table with what its reader must know.

    Attributes:
        title: what is compared.
        columns: headings of the scores.
        lines: rows from top to bottom.
        notes: how to read the numbers, one sentence each.
        second: heading of the lines' sources.
    """

    title: str
    columns: Sequence[str]
    lines: Sequence[Line]
    notes: Sequence[str]
    second: str = "judged by"

    @property
    def head(self) -> list[str]:
        """Headings of all columns."""
        return ["", self.second, *self.columns]

    def markdown(self) -> str:
        """The table as GitHub shows it."""
        rows = [[x.label, x.source, *map(text_of, x.cells)] for x in self.lines]
        body = [self.head, ["---"] * len(self.head), *rows]
        text = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in r)} |" for r in body)
        notes = "\n".join(f"- {note}" for note in self.notes)
        return f"# {self.title}\n\n{text}\n\n{notes}\n"

    def shown(self) -> Group:
        """The table for a terminal, each interval below its score."""
        rows = [
            [x.label, x.source, *(text_of(cell).replace(" [", "\n[") for cell in x.cells)]
            for x in self.lines
        ]
        notes = [f"- {note}" for note in self.notes]
        return Group(table_of(self.title, self.head, rows), *notes)

    def latex(self) -> str:
        """The table for a paper; needs the package booktabs."""
        rows = [[_escape(x.label), _escape(x.source), *map(_latex, x.cells)] for x in self.lines]
        body = " \\\\\n".join(" & ".join(row) for row in rows)
        notes = "\n".join(f"% {note}" for note in self.notes)
        return (
            f"{notes}\n\\begin{{table}}\n\\caption{{{_escape(self.title)}}}\n"
            f"\\begin{{tabular}}{{ll{'r' * len(self.columns)}}}\n\\toprule\n"
            f"{' & '.join(map(_escape, self.head))} \\\\\n\\midrule\n{body} \\\\\n"
            "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
        )

    def csv(self) -> str:
        """The table for programs: each score, and where any has one its mark and its interval."""
        parts = [_parts([x.cells[i] for x in self.lines]) for i in range(len(self.columns))]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        names = [
            f"{c} {part}".removesuffix(" mean")
            for c, used in zip(self.columns, parts, strict=True)
            for part in used
        ]
        writer.writerow(["row", self.second, *names])
        for x in self.lines:
            pairs = zip(x.cells, parts, strict=True)
            values = [getattr(cell, part) for cell, used in pairs for part in used]
            writer.writerow([x.label, x.source, *values])
        return text.getvalue()


def _parts(column: Sequence[Cell]) -> list[str]:
    """What of a column's cells is written."""
    parts = ("mark", "spread", "low", "high")
    return ["mean", *(p for p in parts if any(getattr(c, p) not in (None, "") for c in column))]


def text_of(cell: Cell) -> str:
    """A cell as Markdown, or in a page."""
    if cell.mean is None:
        return DASH
    spread = "" if cell.spread is None else f" ± {cell.spread:.4f}"
    known = cell.low is not None and cell.high is not None
    interval = f" [{cell.low:.4f}, {cell.high:.4f}]" if known else ""
    return f"{cell.mean:.4f}{spread}{cell.mark}{interval}"


def _latex(cell: Cell) -> str:
    return text_of(cell).replace("±", r"$\pm$").replace(MARK, r"$^\dagger$")


def _escape(text: str) -> str:
    return text.translate(_LATEX)
