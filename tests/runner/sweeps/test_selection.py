"""Choices among made-up trials against naive ones."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.selection import APPROXIMATE, NESTED, OPTIMISTIC, selections
from tests.support.trials import Subject, record, strs

subjects = st.tuples(*[st.integers(0, 4)] * 3)
sweeps = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.lists(subjects, min_size=n, max_size=n), min_size=1, max_size=4)
)

TRIALS: list[list[Subject]] = [[(4, 0, 0), (0, 2, 2)], [(1, 1, 1), (2, 1, 1)]]
RECORDS = [record(i, trial) for i, trial in enumerate(TRIALS)]


def is_best(scores: list[float], trial: int) -> bool:
    """Of trials that score alike, rounding may prefer any."""
    return scores[trial] == pytest.approx(max(scores))


def number(trial: str) -> int:
    return int(trial.removeprefix("trial"))


@settings(deadline=None, max_examples=20)  # a bootstrap each
@given(sweeps)
def test_choices_are_those_of_naive_ones(made: list[list[Subject]]) -> None:
    found = selections(SweepFolder(Path("nowhere")), [record(i, t) for i, t in enumerate(made)])
    (best,) = {number(name) for name in found[0].chosen.values()}
    assert found[0].way == OPTIMISTIC
    assert found[0].strs == pytest.approx(strs(made[best]))
    assert is_best([strs(trial) for trial in made], best)
    folds = range(len(made[0]))
    chosen = [number(name) for name in found[1].chosen.values()]
    assert found[1].way == APPROXIMATE
    for f, trial in zip(folds, chosen, strict=True):
        assert is_best([strs([t[i] for i in folds if i != f]) for t in made], trial)
    assert found[1].strs == pytest.approx(strs([made[i][f] for f, i in enumerate(chosen)]))


def keep(folder: SweepFolder, inner: Record, name: str) -> None:
    folder.trial(name).write(replace(inner, digest=name))


def test_nested_pools_the_outer_folds_of_what_is_best_within_the_others(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    within: dict[str, list[list[Subject]]] = {
        "s0": [[(1, 3, 3)], [(4, 0, 0)]],  # without s0 the second trial is best
        "s1": [[(0, 3, 3)], [(3, 1, 1)]],  # without s1 too
    }
    for subject, scores in within.items():
        for name, trial in zip(("trial0", "trial1"), scores, strict=True):
            keep(folder.nested(subject), record(0, trial), name)
    nested = selections(folder, RECORDS)[-1]
    assert nested.way == NESTED
    assert set(nested.chosen.values()) == {"trial1"}
    assert nested.strs == pytest.approx(strs(TRIALS[1]))
    assert nested.low is not None


def test_nested_is_left_out_before_it_is_complete(tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path)
    keep(folder.nested("s0"), record(0, [(1, 1, 1)]), "trial0")
    assert [s.way for s in selections(folder, RECORDS)] == [OPTIMISTIC, APPROXIMATE]


def test_trials_of_other_subjects_take_no_part(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = record(2, [(9, 0, 0)])  # of s0 alone
    found = selections(SweepFolder(tmp_path), [*RECORDS, other])
    assert found == selections(SweepFolder(tmp_path), RECORDS)
    assert "1 of 3 trials are of other subjects" in caplog.text


def test_trials_that_were_given_up_are_no_choice() -> None:
    stopped = record(2, [(9, 0, 0)], "stopped")
    folder = SweepFolder(Path("nowhere"))
    assert selections(folder, [stopped]) == []
    assert "trial2" not in selections(folder, [*RECORDS, stopped])[0].chosen.values()
