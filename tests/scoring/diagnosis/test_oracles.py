"""Oracles repair one kind of error each, and never lose anything."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from metst.scoring.diagnosis.oracles import Oracle
from tests.support.diagnosed import (
    HOW,
    PREDICTIONS,
    RECORDINGS,
    VARIANT,
    expression,
    recording,
    table,
)

STRICT = HOW.protocol("strict")


def oracle(*recordings: object) -> Oracle:
    return Oracle(recordings or RECORDINGS, STRICT, VARIANT)  # type: ignore[arg-type]


def test_each_oracle_repairs_its_own_errors() -> None:
    low = table(("1", 249, 258, "positive", 0.4), ("1", 351, 360, "negative", 0.3))
    found = oracle().scores(PREDICTIONS, pd.concat([PREDICTIONS, low], ignore_index=True))
    counts = {name: (s.tp, s.fp, s.fn) for name, s in found.items()}
    assert counts == {
        "as_it_is": (3, 5, 4),
        # Of subject 1 what is above 0.7 stays: a find at 0.4 would cost four false alarms.
        "threshold": (3, 1, 4),
        "length": (4, 4, 3),
        "emotion": (3, 5, 4),
        "all": (5, 4, 2),
    }
    assert found["emotion"].recognition == found["all"].recognition == 1
    assert found["emotion"].strs == found["as_it_is"].spotting
    assert all(s.spotting >= found["as_it_is"].spotting for s in found.values())


def test_a_proposal_that_found_an_me_keeps_its_length() -> None:
    two = recording("1", expression("1", 11, 20), expression("1", 22, 41))
    changed = oracle(two).length(table(("1", 11, 22, "negative", 0.5)))
    assert changed[["onset", "offset"]].to_numpy().tolist() == [[11, 22]]


@pytest.mark.parametrize("seed", range(5))
def test_no_choice_of_heights_spots_better(seed: int) -> None:
    """Against every combination of a height in each of three videos."""
    rng = np.random.default_rng(seed)
    subjects = ("1", "2", "3")
    videos = [recording(s, *(expression(s, o, o + 9) for o in (11, 101, 201))) for s in subjects]
    onsets = (11, 101, 201, 301, 401, 501)
    rows = [
        (s, o, o + 9, "negative", float(rng.integers(1, 5)) / 10)
        for s in subjects
        for o in onsets
        if rng.random() < 0.7
    ]
    predictions = table(*rows)
    best = 0.0
    for heights in product((0.1, 0.2, 0.3, 0.4, 1.0), repeat=3):
        limits = predictions["subject"].map(dict(zip(subjects, heights, strict=True)))
        kept = predictions[predictions["score"] >= limits]
        best = max(best, STRICT.evaluate(kept, videos, VARIANT).f1)
    chosen = oracle(*videos).threshold(predictions)
    assert STRICT.evaluate(chosen, videos, VARIANT).f1 == pytest.approx(best)


def test_nothing_to_change_is_no_error() -> None:
    nothing = PREDICTIONS.head(0)
    found = oracle(recording("1")).scores(nothing, nothing)
    assert {(s.tp, s.fp, s.fn, s.spotting) for s in found.values()} == {(0, 0, 0, 0.0)}
