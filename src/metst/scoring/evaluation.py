"""Judging tables from files, and one against another."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from metst.base.errors import ConfigError
from metst.base.names import first_few
from metst.datasets.labels.records import EMOTIONS, NEUTRAL, Recording
from metst.scoring.analysis import analysis, confidence
from metst.scoring.compare import Comparison, compare
from metst.scoring.judgment import Judgment
from metst.scoring.pooling import PUBLISHED, pool, protocols_of
from metst.scoring.protocols.protocol import Protocol, select
from metst.scoring.settings import IOU

Folds = Collection[str] | None
"""Subjects that a system was tested on; None for all."""


def evaluate(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    *,
    synergy: str = PUBLISHED,
    iou: float = IOU,
    analyzed: tuple[str, ...] | None = None,
    emotions: tuple[str, ...] = EMOTIONS,
) -> dict[str, Any]:
    """Every score and analysis of a predictions table, as plain values for JSON.

    Args:
        predictions: of one system; see `read_pair`.
        recordings: with their annotations.
        synergy: strategy of the main scores and of the analysis.
        iou: least overlap of a find.
        analyzed: emotions whose recognition is averaged; see `protocols_of`.
        emotions: all classes; none for spotting alone.

    Returns:
        What `pool` returns, with `confidence`: protocol -> score -> interval, and `analysis` under
        the `strict` rules (see `metst.scoring.analysis`). Where only some emotions are analyzed,
        also `consistent`: `strict` scores of spotting and recognition over those alone. (The
        published SAMM-LV scores spot four classes and recognize three.)
    """
    results = pool(
        predictions, recordings, synergy=synergy, iou=iou, analyzed=analyzed, emotions=emotions
    )
    by_name = protocols_of(recordings, iou, analyzed, emotions)
    results["analysis"] = analysis(predictions, recordings, by_name["strict"], synergy)
    results["confidence"] = {
        name: results["analysis"]["confidence"]  # drawn there already
        if name == "strict"
        else confidence([scoring.counts(predictions, recordings, synergy)], scoring)
        for name, scoring in by_name.items()
    }
    if analyzed and set(analyzed) != set(emotions):
        chosen = select(predictions, by_name["strict"].table, synergy)
        only = chosen[chosen["emotion"].isin([*analyzed, NEUTRAL])]
        scores = by_name["strict"].evaluate(only, _only(recordings, analyzed), synergy)
        results["consistent"] = scores.as_dict()
    return results


def compare_tables(
    first: pd.DataFrame,
    second: pd.DataFrame,
    recordings: Sequence[Recording],
    scoring: Protocol,
    *,
    variants: tuple[str, str] = (PUBLISHED, PUBLISHED),
    folds: tuple[Folds, Folds] = (None, None),
) -> Comparison:
    """Compare two predictions tables subject by subject.

    A subject of which a table has no rows counts like any other: its expressions are missed.

    Args:
        first: of one system.
        second: of the other.
        recordings: that are judged.
        scoring: by which rules.
        variants: synergy strategy of each.
        folds: subjects that each system was tested on, None for all; one that a system lacks is
            not compared, and is named in the result.

    Raises:
        MetstError: the tables have no subject in common.
    """
    a, b = (
        scoring.counts(table, tested_of(recordings, tested), variant)
        for table, tested, variant in zip((first, second), folds, variants, strict=True)
    )
    return compare(a, b, scoring)


def tested_of(recordings: Sequence[Recording], folds: Folds) -> list[Recording]:
    """Recordings of the subjects that a system was tested on."""
    return [r for r in recordings if folds is None or r.subject in folds]


def check_same_rules(sides: Sequence[tuple[Path, Judgment]]) -> None:
    """Runs can stand side by side only if they were judged alike.

    Each may have a synergy strategy of its own; classes matter where both recognize emotions.

    Args:
        sides: folder of each run and how it was judged.

    Raises:
        ConfigError: two were judged differently; names what differs.
    """
    for (first, a), (second, b) in combinations(sides, 2):
        both = bool(a.emotions and b.emotions)
        for name in ("iou", "kind", *(("emotions", "analyzed") if both else ())):
            one, other = getattr(a, name), getattr(b, name)
            if one != other:
                msg = (
                    f"{first} was judged with {name} {_shown(one)}, {second} with "
                    f"{_shown(other)}: expected runs that were judged alike"
                )
                raise ConfigError(msg)


def check_same_annotations(
    first: tuple[Path, Sequence[Recording]], second: tuple[Path, Sequence[Recording]]
) -> None:
    """Two runs can be compared only if they were judged by the same annotations.

    Args:
        first: folder of a run and its recordings.
        second: the same of the other.

    Raises:
        ConfigError: they were not; names what differs.
    """
    known, here = ({(r.subject, r.video): r for r in side} for _, side in (first, second))
    differing = [k for k in {**known, **here} if known.get(k) != here.get(k)]
    if differing:
        names = first_few(["/".join(key) for key in differing])
        msg = (
            f"{first[0]} and {second[0]} cannot stand side by side: their videos or annotations "
            f"differ in {names}. Compare runs of one data set."
        )
        raise ConfigError(msg)


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _only(recordings: Sequence[Recording], analyzed: tuple[str, ...]) -> list[Recording]:
    """The same recordings without the micro-expressions of other emotions."""
    return [
        replace(
            r,
            expressions=tuple(
                e for e in r.expressions if e.kind != "micro" or e.emotion in analyzed
            ),
        )
        for r in recordings
    ]
