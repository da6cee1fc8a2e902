"""Scores of records against those written down by hand."""

import pytest

from metst.runner.sweeps.scores import MAIN, running, score_names
from tests.support.trials import record, strs

SUBJECTS = [(1, 2, 1), (3, 0, 1), (0, 1, 2)]


def test_running_scores_pool_the_first_folds() -> None:
    expected = [strs(SUBJECTS[:n]) for n in (1, 2, 3)]
    assert running(record(0, SUBJECTS)) == pytest.approx(expected)


@pytest.mark.parametrize("classes", [3, 7])
def test_a_record_is_scored_by_its_own_emotions(classes: int) -> None:
    emotions = [f"emotion{i}" for i in range(classes)]
    expected = [strs(SUBJECTS[:n]) for n in (1, 2, 3)]
    assert running(record(0, SUBJECTS, emotions=emotions)) == pytest.approx(expected)


def test_nothing_found_scores_nothing() -> None:
    assert running(record(0, [(0, 3, 2)])) == [0.0]


def test_every_protocol_has_its_names() -> None:
    names = score_names()
    assert MAIN in names
    assert {"authors/strs", "strict/spotting/f1", "strict/recognition/uar"} <= set(names)
    assert "strict/spotting/fp" in names
