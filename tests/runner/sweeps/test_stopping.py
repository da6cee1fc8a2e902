"""The rule on made-up trials, and its replay against a naive one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.runner.sweeps.options import StopOptions
from metst.runner.sweeps.stopping import best_over, follows, gives_up, replay
from tests.runner.sweeps.records import Subject, record, strs

GOOD: list[Subject] = [(4, 0, 0), (2, 2, 2), (3, 1, 1)]
MIDDLE: list[Subject] = [(2, 2, 2), (4, 0, 0), (1, 1, 3)]
BAD: list[Subject] = [(1, 4, 3), (0, 4, 4), (1, 4, 3)]

subjects = st.tuples(*[st.integers(0, 4)] * 3)
trials = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.lists(subjects, min_size=n, max_size=n), min_size=1, max_size=5)
)


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


def test_a_replay_by_hand() -> None:
    records = [record(0, MIDDLE), record(1, BAD), record(2, GOOD)]
    lines = {(line.after, line.margin): line for line in replay(records, [0.0, 0.2])}
    assert set(lines) == {(1, 0.0), (1, 0.2), (2, 0.0), (2, 0.2)}
    first = lines[1, 0.2]  # MIDDLE 0.5, BAD 2/9: given up; GOOD 1.0 survives
    assert (first.stopped, first.rank, first.lost) == (1, 1, 0.0)
    assert first.saved == pytest.approx(2 / 9)


@given(trials, st.integers(1, 3), st.sampled_from([0.0, 0.1, 0.3]))
def test_replay_is_what_a_naive_one_finds(
    made: list[list[Subject]], after: int, margin: float
) -> None:
    if after >= len(made[0]):
        return
    survivors: list[int] = []
    for i, trial in enumerate(made):
        others = [strs(made[j][:after]) for j in survivors]
        if not others or max(others) - strs(trial[:after]) <= margin + 1e-9:
            survivors.append(i)
    finals = [strs(trial) for trial in made]
    kept = max(finals[i] for i in survivors)
    lines = replay([record(i, trial) for i, trial in enumerate(made)], [margin])
    line = lines[after - 1]
    assert line.stopped == len(made) - len(survivors)
    assert line.lost == pytest.approx(max(finals) - kept)
    assert line.rank == 1 + sum(final > kept + 1e-9 for final in finals)
    assert line.saved == pytest.approx(
        line.stopped * (len(made[0]) - after) / len(made) / len(made[0])
    )


def test_trials_that_were_given_up_tell_nothing() -> None:
    assert replay([record(0, BAD[:2], "stopped")]) == []
