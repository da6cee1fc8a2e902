"""Scores that publications and logs give for public prediction files.

METST_PREDICTIONS names a folder with a folder for each name of `EXPECTED`, and in it

- `predictions.csv`: subject, video, onset, offset, and emotion where the system names one;
- `annotations.csv`: the same columns; `first` (0 where onsets of 0 are to count) and `skip` (7 for
  SAMM-LV, whose frames the authors' code compares at a seventh of the rate) where they differ from
  1; a video without expressions has a row without onset and offset.

Each folder holds expressions of the kind in its name alone. Sources: the challenge MEGC 2020's
baseline (its log of results), LGSNet's released detections (its log), the example files of the
STRS evaluator (genbing99/STRS-Metric); the numbers by other rules were measured independently.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from metst.results.pair import read_pair
from metst.scoring.pooling import pool
from metst.scoring.protocols import PROTOCOLS

Spotting = tuple[int, int, int]
"""TP, FP, FN."""


@dataclass(frozen=True)
class Published:
    """What is known about the scores of a prediction file; None where nothing is.

    Attributes:
        f1: of spotting under `strict`.
        strs: of `strs_metric`.
        found: TP of `strs_metric`.
    """

    strict: Spotting
    authors: Spotting | None = None
    f1: float | None = None
    strs: float | None = None
    found: int | None = None


EXPECTED: dict[str, Published] = {
    "megc2020-casme2-micro": Published((21, 5014, 36), (21, 1504, 36), 0.008248232521602514),
    "megc2020-casme2-macro": Published((104, 1419, 196), (104, 1316, 196), found=109),
    "megc2020-sammlv-micro": Published((29, 1407, 130), (32, 907, 127), 0.03636363636363636),
    "megc2020-sammlv-macro": Published((22, 334, 321), (24, 379, 309), 0.06294706723891273),
    "lgsnet-casme2-all": Published((126, 82, 231), (126, 110, 231)),
    "strs-evaluator": Published((159, 85, 85), strs=0.38623008264088354, found=159),
    "strs-evaluator-four-classes": Published((159, 85, 85), strs=0.42848872631448437, found=159),
}


def judged(folder: Path) -> dict[str, Any]:
    """Scores by protocol of the tables in a folder."""
    pair = read_pair(folder / "predictions.csv", folder / "annotations.csv")
    results = pool(pair.predictions, pair.recordings, analyzed=None, emotions=pair.emotions)
    protocols: dict[str, Any] = results["protocols"]
    return protocols


def check(folder: Path, expected: Published) -> None:
    """All that is known about the scores of the tables in a folder."""
    scores = judged(folder)
    strict, authors, strs = (
        scores[name]["spotting"] for name in ("strict", "authors", "strs_metric")
    )
    assert (strict["tp"], strict["fp"], strict["fn"]) == expected.strict
    if expected.authors is not None:
        assert (authors["tp"], authors["fp"], authors["fn"]) == expected.authors
    if expected.f1 is not None:
        assert strict["f1"] == pytest.approx(expected.f1, abs=1e-12)
    if expected.strs is not None:
        assert scores["strs_metric"]["strs"] == pytest.approx(expected.strs, abs=1e-12)
    if expected.found is not None:
        assert strs["tp"] == expected.found


@pytest.mark.parametrize("name", EXPECTED)
def test_published_scores(name: str) -> None:
    root = os.environ.get("METST_PREDICTIONS")
    if not root:
        pytest.skip("METST_PREDICTIONS names no folder with public prediction files")
    folder = Path(root, name)
    if not (folder / "predictions.csv").is_file() or not (folder / "annotations.csv").is_file():
        pytest.skip(f"{folder} holds no predictions.csv and annotations.csv")
    check(folder, EXPECTED[name])


def test_published_counts_fit_the_published_scores() -> None:
    """F1 = 2 TP / (2 TP + FP + FN), and everything annotated is found or missed by both rules."""
    for published in EXPECTED.values():
        tp, fp, fn = published.strict
        if published.f1 is not None:
            assert 2 * tp / (2 * tp + fp + fn) == pytest.approx(published.f1, abs=1e-9)


STAND_INS: dict[str, tuple[str, str, Published]] = {
    # Onset 0 counts (strict) and is skipped by the authors' code; video b is judged by strict only.
    "spotting-alone": (
        "subject,video,onset,offset\n1,a,0,20\n1,a,40,60\n1,b,,\n",
        "subject,video,onset,offset\n1,a,0,20\n1,a,70,90\n1,b,5,9\n",
        Published((1, 2, 1), (0, 2, 1), 2 / 5, found=1),
    ),
    # At a seventh of the rate (0-1 against 0-2) the overlap is 2/3, in own frames 8/20.
    "sub-sampled": (
        "subject,video,onset,offset,skip\n1,a,1,20,7\n",
        "subject,video,onset,offset\n1,a,1,8\n",
        Published((0, 1, 1), (1, 0, 0), 0.0, found=0),
    ),
    # One prediction finds two annotations by the evaluator's rule, one by the others.
    "several-at-once": (
        "subject,video,onset,offset\n1,a,1,20\n1,a,4,23\n",
        "subject,video,onset,offset\n1,a,2,21\n",
        Published((1, 0, 1), (1, 0, 1), 2 / 3, found=2),
    ),
    # Both are right, and no class is perfect alone: the product of 1 and 1.
    "own-words": (
        "subject,video,onset,offset,emotion\n1,a,1,20,Happiness\n1,a,40,60,disgust\n",
        "subject,video,onset,offset,emotion\n1,a,1,20,happiness\n1,a,40,60,disgust\n",
        Published((2, 0, 0), strs=1.0, found=2),
    ),
}


@pytest.mark.parametrize("name", STAND_INS)
def test_small_tables_of_the_same_form(tmp_path: Path, name: str) -> None:
    """Counted by hand; what reads the public files reads these."""
    annotations, predictions, expected = STAND_INS[name]
    (tmp_path / "annotations.csv").write_text(annotations)
    (tmp_path / "predictions.csv").write_text(predictions)
    check(tmp_path, expected)
    assert set(judged(tmp_path)) == set(PROTOCOLS)
