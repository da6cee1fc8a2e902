"""Pooled results of a run: all folds together, each fold, each protocol, each strategy."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from metst.base.files import write_atomic
from metst.datasets.labels.records import EMOTIONS, Recording
from metst.scoring.annotated import recognition_of_annotated
from metst.scoring.metrics.counts import Counts
from metst.scoring.outcomes import count_outcomes, outcomes
from metst.scoring.protocols import PROTOCOLS, get_protocol
from metst.scoring.protocols.protocol import Protocol, strategies
from metst.scoring.settings import IOU

PUBLISHED = "spotting_first"
"""Strategy behind the published result with synergy (released code)."""


def pool(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    *,
    subjects: Sequence[str] | None = None,
    synergy: str = PUBLISHED,
    iou: float = IOU,
    analyzed: tuple[str, ...] | None = EMOTIONS,
    emotions: tuple[str, ...] = EMOTIONS,
) -> dict[str, Any]:
    """Results of a predictions table.

    Args:
        predictions: of all folds.
        recordings: of the data set.
        subjects: folds to count; all by default.
        synergy: strategy of the main scores.
        iou: least overlap of a find.
        analyzed: emotions whose recognition is averaged; see `protocols_of`.
        emotions: all classes; none for spotting alone.

    Returns:
        `protocols`: protocol -> scores of the chosen strategy over all folds, with `synergy`:
        strategy -> the same scores of every strategy. `folds`: subject -> protocol -> scores.
        `strategy`: the chosen one. `candidates`: strategy -> outcome -> kind of expression it lies
        over -> number, under the `strict` rules. `annotated`: protocol -> recognition over the
        annotated intervals, of a table that names them (`metst.scoring.annotated`).
    """
    tested = [r for r in recordings if subjects is None or r.subject in subjects]
    protocols: dict[str, Any] = {}
    annotated: dict[str, Any] = {}
    folds: dict[str, dict[str, Any]] = {r.subject: {} for r in tested}
    for name, scoring in protocols_of(recordings, iou, analyzed, emotions).items():
        counts = {
            strategy: scoring.counts(predictions, tested, strategy)
            for strategy in dict.fromkeys((*strategies(predictions), synergy))
        }
        totals = {strategy: _total(scoring, counted) for strategy, counted in counts.items()}
        protocols[name] = {**totals[synergy], "synergy": totals}
        if named := recognition_of_annotated(predictions, tested, scoring):
            annotated[name] = named
        for subject, counted in counts[synergy].items():
            folds[subject][name] = scoring.scores(counted).as_dict()
    candidates = {
        strategy: count_outcomes(outcomes(predictions, tested, strategy, iou))
        for strategy in protocols["strict"]["synergy"]
    }
    return {
        "protocols": protocols,
        "folds": folds,
        "strategy": synergy,
        "candidates": candidates,
        "annotated": annotated,
    }


def protocols_of(
    recordings: Sequence[Recording],
    iou: float,
    analyzed: tuple[str, ...] | None,
    emotions: tuple[str, ...],
) -> dict[str, Protocol]:
    """Every protocol's way to judge.

    Without `analyzed` the classes of the annotations are averaged: all four, or those words that a
    table of its own vocabulary uses. The STRS evaluator takes those that are annotated.
    """
    named = {e.emotion for r in recordings for e in r.micro}
    annotated = tuple(name for name in emotions if name in named)
    chosen = {
        name: annotated if name == "strs_metric" or emotions != EMOTIONS else emotions
        for name in PROTOCOLS
    }
    return {
        name: get_protocol(name, iou=iou, analyzed=analyzed or chosen[name], emotions=emotions)
        for name in PROTOCOLS
    }


def write_results(results: dict[str, Any], path: Path) -> None:
    """Write results as JSON, atomically; a file with the same results stays as it is."""
    content = (json.dumps(results, indent=2, allow_nan=False) + "\n").encode()
    if not path.exists() or path.read_bytes() != content:
        write_atomic(path, content)


def _total(scoring: Protocol, counts: dict[str, Counts]) -> dict[str, Any]:
    """Scores over all subjects."""
    return scoring.pooled(counts.values()).as_dict()
