"""The final table of a run, for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group
from rich.table import Table

from metst.base.terminal import grid
from metst.scoring.outcomes import OVER

SHOWN = ("authors", "strict")
"""Protocols that a report shows side by side."""

COUNTS = ("tp", "fp", "fn")
SPOTTING = ("precision", "recall", "f1")
RECOGNITION = ("uf1", "uar", "f1")
UNDEFINED = "-"

STRATEGIES = (
    "Result-level synergy, from the same network: none | recognition_first: neutral candidates "
    "are dropped | spotting_first: neutral is no label | per_candidate: the first amid motion, "
    "else the second. "
)
CAPTION = f"{UNDEFINED}: undefined by the protocol's rules."


def summary(results: Mapping[str, Any], protocols: Sequence[str] = SHOWN) -> Group:
    """One table per protocol: scores per subject and pooled, with every synergy strategy.

    With `strict` comes what became of the candidates, distractors among them; not of other kinds
    than micro-expressions, whose names the table bears.

    Args:
        results: contents of `results.json`.
        protocols: those to show.
    """
    tables = [_table(results, protocol) for protocol in protocols]
    shown = "strict" in protocols and results.get("kind", "micro") == "micro"
    return Group(*tables, *([_outcomes(results)] if shown else []))


def _table(results: Mapping[str, Any], protocol: str) -> Table:
    title = f"Protocol {protocol}"
    if not results["complete"]:
        title += f" - INCOMPLETE: {len(results['folds'])} of {results['demanded']} folds"
    if mixed := results.get("mixed_code"):
        title += f" - MIXED CODE: {', '.join(mixed)}"
    strategies = results["protocols"][protocol]["synergy"]
    table = grid(title, caption=STRATEGIES + CAPTION if len(strategies) > 1 else CAPTION)
    table.add_column("", overflow="fold")
    for name in ("TP", "FP", "FN", "P", "R", "F1", "UF1", "UAR", "F1\nrec", "STRS"):
        table.add_column(name, justify="right", no_wrap=True)
    for subject, scores in results["folds"].items():
        table.add_row(subject, *_cells(scores[protocol]))
    table.add_section()
    for name, scores in strategies.items():
        style = "bold" if name == results["strategy"] else ""
        table.add_row(f"all, {name}", *_cells(scores), style=style)
    if named := results.get("annotated", {}).get(protocol):
        blank = [""] * (len(COUNTS) + len(SPOTTING))
        shares = [_decimal(named[name]) for name in RECOGNITION]
        table.add_row(f"{named['named']} annotated intervals", *blank, *shares, "")
    if "confidence" in results:
        _add_confidence(table, results["confidence"][protocol])
    return table


def _add_confidence(table: Table, intervals: Mapping[str, Any]) -> None:
    """Bounds of the 95 % intervals (bootstrap over subjects) below the scores they belong to."""
    table.add_section()
    columns = ("", "", "", "", "", "f1", "uf1", "uar", "", "strs")
    for bound in ("low", "high"):
        values = [intervals[name][bound] if name else None for name in columns]
        cells = ["" if value is None else f"{value:.3f}" for value in values]
        table.add_row(f"95 % interval, {bound}", *cells, style="dim")


def _outcomes(results: Mapping[str, Any]) -> Table:
    """What became of all candidates, and which distractors each strategy rejected."""
    table = grid("Candidates under strict, by what they lie over")
    table.add_column("", overflow="fold")
    candidates = results["candidates"]
    for strategy in candidates:
        table.add_column(strategy.replace("_", "\n", 1), justify="right")
    for outcome, kind in (
        ("found", "micro"),
        *((o, k) for o in ("false", "withdrawn") for k in OVER),
    ):
        numbers = (str(candidates[strategy][outcome][kind]) for strategy in candidates)
        table.add_row(f"{outcome}, over {kind}", *numbers)
    return table


def _cells(scores: Mapping[str, Any]) -> list[str]:
    spotting, recognition = scores["spotting"], scores["recognition"]
    counts = [str(spotting[name]) for name in COUNTS]
    values = [spotting[name] for name in SPOTTING] + [recognition[name] for name in RECOGNITION]
    return counts + [_decimal(value) for value in (*values, scores["strs"])]


def _decimal(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.3f}"
