"""Tables as Markdown and as LaTeX."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group

from metst.base.terminal import table_of
from metst.results.cells import Cell

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
    """

    title: str
    columns: Sequence[str]
    lines: Sequence[Line]
    notes: Sequence[str]

    def markdown(self) -> str:
        """The table as GitHub shows it."""
        head = ["", "judged by", *self.columns]
        rows = [[x.label, x.source, *map(_markdown, x.cells)] for x in self.lines]
        body = [head, ["---"] * len(head), *rows]
        text = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in r)} |" for r in body)
        notes = "\n".join(f"- {note}" for note in self.notes)
        return f"# {self.title}\n\n{text}\n\n{notes}\n"

    def shown(self) -> Group:
        """The table for a terminal, each interval below its score."""
        rows = [
            [x.label, x.source, *(_markdown(cell).replace(" [", "\n[") for cell in x.cells)]
            for x in self.lines
        ]
        notes = [f"- {note}" for note in self.notes]
        return Group(table_of(self.title, ["", "judged by", *self.columns], rows), *notes)

    def latex(self) -> str:
        """The table for a paper; needs the package booktabs."""
        head = ["", "judged by", *self.columns]
        rows = [[_escape(x.label), _escape(x.source), *map(_latex, x.cells)] for x in self.lines]
        body = " \\\\\n".join(" & ".join(row) for row in rows)
        notes = "\n".join(f"% {note}" for note in self.notes)
        return (
            f"{notes}\n\\begin{{table}}\n\\caption{{{_escape(self.title)}}}\n"
            f"\\begin{{tabular}}{{ll{'r' * len(self.columns)}}}\n\\toprule\n"
            f"{' & '.join(map(_escape, head))} \\\\\n\\midrule\n{body} \\\\\n"
            "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
        )


def _markdown(cell: Cell) -> str:
    return _text(cell, " ± ")


def _latex(cell: Cell) -> str:
    return _text(cell, r" $\pm$ ")


def _text(cell: Cell, plus_minus: str) -> str:
    if cell.mean is None:
        return DASH
    spread = "" if cell.spread is None else f"{plus_minus}{cell.spread:.4f}"
    known = cell.low is not None and cell.high is not None
    return f"{cell.mean:.4f}{spread}" + (f" [{cell.low:.4f}, {cell.high:.4f}]" if known else "")


def _escape(text: str) -> str:
    return text.translate(_LATEX)
