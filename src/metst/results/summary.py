"""The final table of a run, for a terminal."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

SHOWN = ("authors", "strict")
"""Protocols that stand side by side."""

COUNTS = ("tp", "fp", "fn")
SPOTTING = ("precision", "recall", "f1")
RECOGNITION = ("uf1", "uar", "f1")
UNDEFINED = "-"


def summary(results: Mapping[str, Any]) -> Table:
    """Scores per subject and pooled, by protocol, with every synergy strategy.

    Args:
        results: contents of `results.json`.
    """
    incomplete = "" if results["complete"] else " - INCOMPLETE, some folds are missing"
    table = Table(title=f"Spot-then-recognize, leave one subject out{incomplete}")
    table.add_column("")
    for name in ("TP", "FP", "FN", "P", "R", "F1", "UF1", "UAR", "F1 rec", "STRS"):
        table.add_column(name, justify="right")
    for protocol in SHOWN:
        _add_protocol(table, results, protocol)
    return table


def _add_protocol(table: Table, results: Mapping[str, Any], protocol: str) -> None:
    strategy = results["strategy"]
    table.add_row(f"{protocol} protocol, {strategy}", style="bold")
    for subject, scores in results["folds"].items():
        table.add_row(f"  {subject}", *_cells(scores[protocol]))
    table.add_row("  all subjects", *_cells(results["protocols"][protocol]), style="bold")
    table.add_section()
    for name, scores in results["protocols"][protocol]["synergy"].items():
        if name != strategy:
            table.add_row(f"  all subjects, {name}", *_cells(scores))
    table.add_section()


def _cells(scores: Mapping[str, Any]) -> list[str]:
    spotting, recognition = scores["spotting"], scores["recognition"]
    counts = [str(spotting[name]) for name in COUNTS]
    values = [spotting[name] for name in SPOTTING] + [recognition[name] for name in RECOGNITION]
    return counts + [UNDEFINED if v is None else f"{v:.3f}" for v in (*values, scores["strs"])]
