"""The rule on made-up trials."""

from dataclasses import replace

import pytest

from metst.runner.sweeps.settings import StopOptions
from metst.runner.sweeps.stopping import best_over, follows, gives_up
from tests.support.trials import Subject, record, strs

GOOD: list[Subject] = [(4, 0, 0), (2, 2, 2), (3, 1, 1)]
MIDDLE: list[Subject] = [(2, 2, 2), (4, 0, 0), (1, 1, 3)]
BAD: list[Subject] = [(1, 4, 3), (0, 4, 4), (1, 4, 3)]


def test_the_best_is_the_best_over_the_same_folds() -> None:
    records = [record(0, GOOD), record(1, MIDDLE)]
    assert best_over(records, ["s0"]) == pytest.approx(1.0)
    assert best_over(records, ["s0", "s1"]) == pytest.approx(strs(GOOD[:2]))
    assert best_over(records[1:], ["s0", "s1"]) == pytest.approx(strs(MIDDLE[:2]))


def test_only_finished_trials_on_the_same_folds_count() -> None:
    stopped = record(0, GOOD[:2], "stopped")
    assert best_over([stopped], ["s0", "s1"]) is None
    assert best_over([record(0, GOOD)], ["s1"]) is None  # begins with another fold


def test_without_anything_to_compare_nothing_is_given_up() -> None:
    assert not gives_up(0.0, None, 0.0)
    assert not gives_up(0.4, 0.5, 0.1)
    assert gives_up(0.3, 0.5, 0.1)
    assert not gives_up(0.1 * 3 - 1e-15, 0.3, 0.0)  # equal but for rounding


def test_a_trial_given_up_under_another_rule_goes_on() -> None:
    stopped = replace(record(0, BAD[:2], "stopped"), stop={"after": 2, "margin": 0.1, "best": 0.9})
    assert follows(stopped, StopOptions(2, 0.1))
    assert not follows(stopped, StopOptions(2, 0.3))
    assert not follows(stopped, StopOptions(0, 0.1))
    assert follows(record(0, GOOD), StopOptions(0, 0.1))
    assert not follows(record(0, GOOD, "failed"), StopOptions(2, 0.1))
