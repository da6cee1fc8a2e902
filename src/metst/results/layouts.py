"""Which scores the paper's tables show, in which order."""

from collections.abc import Callable
from dataclasses import dataclass

from metst.scoring.metrics.scores import Scores


@dataclass(frozen=True)
class Column:
    """A score under its heading.

    Attributes:
        score: its value in our scores.
        published: its name in `metst.datasets.published.Published`.
    """

    heading: str
    score: Callable[[Scores], float]
    published: str


@dataclass(frozen=True)
class Layout:
    """Columns of a table.

    Attributes:
        paper: which table of ME-TST has these columns.
        columns: from left to right.
        annotated: whether the annotated intervals are named, in place of what was found.
    """

    paper: str
    columns: tuple[Column, ...]
    annotated: bool = False

    @property
    def headings(self) -> list[str]:
        """Headings from left to right."""
        return [column.heading for column in self.columns]


LAYOUTS: dict[str, Layout] = {
    "spotting": Layout(
        "Table I",
        (
            Column("F1 Score", lambda s: s.f1, "spotting"),
            Column("Recall", lambda s: s.recall, "recall"),
        ),
    ),
    "recognition": Layout(
        "Table II",
        (
            Column("UF1", lambda s: s.recognition.uf1, "uf1"),
            Column("UAR", lambda s: s.recognition.uar, "uar"),
        ),
        annotated=True,
    ),
    "analysis": Layout(
        "Tables III and IV",
        (
            Column("Analy (STRS)", lambda s: s.strs, "strs"),
            Column("Spot (F1)", lambda s: s.f1, "spotting"),
            Column("Recog (F1)", lambda s: s.recognition.f1, "recognition"),
        ),
    ),
}
"""Layouts by name."""
