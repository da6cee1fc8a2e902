"""Videos in which every ending of an ME occurs, by hand."""

import numpy as np
import pandas as pd

from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.records import EMOTIONS, Expression, Kind, Recording, Timebase
from metst.scoring.diagnosis import VideoCurve
from metst.scoring.judgment import Judgment
from tests.support.predicted import predicted

FRAMES = 600
VARIANT = "recognition_first"
HOW = Judgment(EMOTIONS, EMOTIONS, VARIANT)


def expression(
    subject: str, onset: int, offset: int, kind: Kind = "micro", emotion: str = "negative"
) -> Expression:
    """Of the video `a`."""
    named = emotion if kind == "micro" else None
    middle = (onset + offset) // 2
    return Expression(subject, "a", onset, middle, offset, kind, named, named or "")


def recording(subject: str, *expressions: Expression) -> Recording:
    """A video of 600 frames at 30 frames/s."""
    return Recording(subject, "a", FRAMES, Timebase(30.0), expressions)


MES = ((11, 20), (51, 60), (101, 110), (151, 180), (251, 260), (301, 310), (401, 410))
"""Found, wrong emotion, withdrawn, wrong length, below the threshold, no peak, found."""

RECORDINGS = (
    recording(
        "1",
        *(expression("1", *ends) for ends in MES[:-1]),
        expression("1", 451, 500, "macro"),
        expression("1", 521, 530, "blink"),
    ),
    recording("2", expression("2", *MES[-1])),
)


def table(*rows: tuple[str, int, int, str, float]) -> pd.DataFrame:
    """Rows (subject, onset, offset, emotion, score) of the main variant."""
    return predicted(
        (f"strict/{VARIANT}", subject, "a", onset, (onset + offset) // 2, offset, emotion, score)
        for subject, onset, offset, emotion, score in rows
    )


PREDICTIONS = table(
    ("1", 11, 20, "negative", 0.9),
    ("1", 51, 60, "surprise", 0.8),
    ("1", 101, 110, "neutral", 0.8),
    ("1", 151, 160, "negative", 0.6),
    ("1", 461, 480, "negative", 0.7),
    ("1", 521, 530, "negative", 0.7),
    ("1", 561, 570, "negative", 0.55),
    ("2", 401, 410, "negative", 0.9),
    ("2", 201, 210, "negative", 0.95),
)
"""Four false alarms in subject 1 (one over an ME, an MaE, a blink and nothing), one in 2."""


def curve() -> VideoCurve:
    """A peak of 0.4 in the fifth ME, a plain slope elsewhere; peaks need 0.5."""
    smoothed = np.linspace(0.1, 0.2, FRAMES)
    smoothed[254] = 0.4
    return VideoCurve(smoothed, 0.5)


CURVES: dict[VideoKey, VideoCurve] = {("1", "a"): curve()}
