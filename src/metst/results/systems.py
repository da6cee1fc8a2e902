"""Tables I to IV of ME-TST over many systems: published, and run again by both protocols."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from metst.datasets.published import METHODS, Published, title_of
from metst.datasets.registry import published_scores
from metst.results.cells import MARK, Cell, cells
from metst.results.layouts import LAYOUTS, Layout
from metst.results.lines import RULES, counts_of, lack_of
from metst.results.run import Run
from metst.results.summary import SHOWN
from metst.results.table import Line, Table

TABLES: Mapping[str, tuple[str, Layout]] = {
    "spotting": ("Table I: spotting", LAYOUTS["spotting"]),
    "recognition": ("Table II: recognition of the annotated intervals", LAYOUTS["recognition"]),
    "analysis": ("Table III: analysis", LAYOUTS["analysis"]),
    "synergy": ("Table IV: analysis without and with synergy", LAYOUTS["analysis"]),
}
"""Title and scores of each table."""

NOT_RUN = "reported, not re-run"
ADAPTED = "Not as published but as the data set's folder in experiments/systems has it"
_WITHOUT = "none"
"""Strategy of the rows without synergy."""


@dataclass(frozen=True)
class Entry:
    """A system among those that are compared.

    Attributes:
        name: that of its YAML; `me_tst` is the experiment of the data set itself. A recognizer
            that names what a spotter found is `ststnet behind me_tst`.
        tables: names of the `TABLES` that it belongs to.
        run: what is there of its run; None where there is nothing.
        remark: why there is no run; in a table, what precedes a colon stands in the row.
        adapted: whether the data set changes settings of its YAML, such as its size.
    """

    name: str
    tables: tuple[str, ...]
    run: Run | None = None
    remark: str = "not run yet"
    adapted: bool = False

    @property
    def title(self) -> str:
        """What publications call it."""
        return " behind ".join(title_of(name) for name in self.name.split(" behind "))

    @property
    def source(self) -> str:
        """Name of the run, with what it lacks."""
        return self.remark.partition(":")[0] if self.run is None else self.run.name + self.lack

    @property
    def lack(self) -> str:
        """That not all folds are done; empty where they are."""
        return "" if self.run is None else lack_of(self.run)


def systems_table(name: str, data_set: str, entries: Sequence[Entry]) -> Table:
    """One of the tables: a row per system, then what cannot be run.

    Args:
        name: of `TABLES`.
        data_set: whose published scores stand beside.
        entries: systems; their runs are judged by the same rules, see `Run.averaging`.
    """
    title, layout = TABLES[name]
    known = published_scores(data_set)
    lines: list[Line] = []
    for entry in entries:
        if name not in entry.tables:
            continue
        if name == "synergy":
            lines += _ablation(entry, layout, known)
        else:
            row = next((r for r in known if r.title == entry.title), None)
            lines.append(_line(entry.title, entry.source, layout, row, entry.run))
    for method in METHODS:
        if method.reason and method.task == name:
            row = next((r for r in known if r.title == method.title), None)
            lines.append(_line(method.title, NOT_RUN, layout, row))
    columns = [f"{h}, {w}" for h in layout.headings for w in ("published", *SHOWN)]
    notes = list(_notes(name, data_set, entries))
    return Table(f"{title}, on {data_set}", columns, lines, notes, "run")


def _reasons(name: str, entries: Sequence[Entry]) -> Iterator[str]:
    """Why rows of a table have no scores."""
    for entry in entries:
        if name in entry.tables and entry.run is None and ":" in entry.remark:
            yield f"{entry.title}: {entry.remark}."
    reasons: dict[str, list[str]] = {}
    for method in METHODS:
        if method.reason and method.task == name:
            reasons.setdefault(method.reason, []).append(method.title)
    for reason, titles in reasons.items():
        yield f"{', '.join(titles)}: {NOT_RUN}: {reason}."


def _ablation(entry: Entry, layout: Layout, known: Sequence[Published]) -> Iterator[Line]:
    """A system's rows without and with synergy."""
    for words, variant in (("without synergy", _WITHOUT), ("with synergy", None)):
        label = f"{entry.title}, {words}"
        row = next((r for r in known if r.method == label), None)
        yield _line(label, entry.source, layout, row, entry.run, variant)


def _line(
    label: str,
    source: str,
    layout: Layout,
    row: Published | None,
    run: Run | None = None,
    variant: str | None = None,
) -> Line:
    """A row: of every score the published one, then those of the run by each protocol."""
    mark = MARK if row is not None and row.rules else ""
    sides: list[Sequence[Cell]] = [
        [_published(row, column.published, mark) for column in layout.columns],
        *(scores_of(run, layout, protocol, variant) for protocol in SHOWN),
    ]
    return Line(label, source, [side[i] for i in range(len(layout.columns)) for side in sides])


def _published(row: Published | None, score: str, mark: str) -> Cell:
    value = None if row is None else getattr(row, score)
    return Cell(value, mark=mark if value is not None else "")


@cache  # of a finished run, each is asked for again whenever another system is done
def scores_of(
    run: Run | None, layout: Layout, protocol: str, variant: str | None
) -> Sequence[Cell]:
    """Scores of a run; those of `strict` have their interval."""
    counts = counts_of(run, protocol, layout, variant) if run else None
    if run is None or counts is None:
        return [Cell(None)] * len(layout.columns)
    found = cells([counts], run.protocol(protocol), layout)
    return found if protocol == "strict" else [replace(c, low=None, high=None) for c in found]


def _notes(name: str, data_set: str, entries: Sequence[Entry]) -> Iterator[str]:
    known = published_scores(data_set)
    yield (
        "published: as printed in ME-TST, or by the authors. Re-run: authors | strict, in brackets "
        "the 95 % interval over subjects (bootstrap)."
        if known
        else f"Nothing is published on {data_set}. Re-run: authors | strict, in brackets the 95 % "
        "interval over subjects (bootstrap)."
    )
    yield RULES
    for row in known:
        if row.rules and name in ("spotting", "analysis"):
            yield f"{MARK} {row.method}: {row.where}; not to be compared."
    yield from _reasons(name, entries)
    adapted = [entry.title for entry in entries if entry.adapted and name in entry.tables]
    if adapted:
        yield f"{ADAPTED}: {', '.join(adapted)}."
    judged = [e.run.judgment for e in entries if e.run is not None and e.run.judgment.emotions]
    if judged and name != "spotting":
        yield f"Averaged in every re-run: {', '.join(judged[0].analyzed)}."
    if name == "synergy":
        yield (
            "Without: the strategy `none`, from the same network. Published: trained without the "
            "neutral class, too, as `make study STUDY=ablation_synergy` does."
        )
