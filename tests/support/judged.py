"""Runs of two subjects, made by hand: each with one video, two micro- and one macro-expression."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import yaml

from metst.datasets.labels.records import Expression, Recording, Timebase
from metst.intervals.predictions import predictions_table
from metst.results.annotations import write_annotations
from metst.results.tables import write_predictions
from metst.scoring.judgment import Judgment
from metst.scoring.pooling import write_results

SUBJECTS = ("1", "2")

Found = tuple[str, int, int, str]
"""Kind, onset, offset and emotion of a prediction, which every subject has."""


def recordings_of(emotions: tuple[str, str] = ("negative", "positive")) -> list[Recording]:
    """MEs at 10-20 and 50-60, the second also of a word without a class; an MaE at 100-160."""
    return [
        Recording(
            subject,
            "a",
            200,
            Timebase(30.0),
            (
                Expression(subject, "a", 10, 15, 20, "micro", emotions[0], emotions[0]),
                Expression(subject, "a", 50, 55, 60, "micro", emotions[1], emotions[1]),
                Expression(subject, "a", 100, 130, 160, "macro"),
            ),
        )
        for subject in SUBJECTS
    ]


def table_of(found: Iterable[Found], strategies: Iterable[str]) -> pd.DataFrame:
    """The same predictions for every subject, decoder and strategy."""
    rows = list(found)
    return predictions_table(
        {
            "variant": f"{decoder}/{strategy}",
            "subject": subject,
            "video": "a",
            "kind": kind,
            "onset": onset,
            "apex": (onset + offset) // 2,
            "offset": offset,
            "emotion": emotion,
            "score": 0.5,
        }
        for decoder in ("authors", "strict")
        for strategy in strategies
        for subject in SUBJECTS
        for kind, onset, offset, emotion in rows
    )


def judged_run(
    folder: Path,
    how: Judgment,
    found: Iterable[Found] = (),
    recordings: list[Recording] | None = None,
) -> Path:
    """A finished run with the strategy of `how` alone."""
    listed = recordings or recordings_of()
    folder.mkdir()
    table = table_of(found, [how.variant])
    write_annotations(listed, folder / "annotations.csv")
    write_predictions(table, folder / "predictions.csv")
    known = {"emotions": list(how.emotions), "kind": how.kind, "complete": True}
    results = how.results(table, listed)
    write_results({**results, **known, "demanded": len(SUBJECTS)}, folder / "results.json")
    config = {
        "name": folder.name,
        "seed": 100,
        "model": {"class_path": "x.Y"},
        "data": {"class_path": "x.Z"},
        "evaluation": {"iou": how.iou, "kind": how.kind},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return folder
