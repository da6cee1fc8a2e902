"""Jobs over processes: every outcome arrives, whatever a job or its worker does."""

import functools
import os
import signal
import time
from pathlib import Path

import pytest

from metst.errors import MetstError
from metst.executors import run


def square(x: int) -> int:
    return x * x


def fail_on_two(x: int) -> int:
    if x == 2:
        msg = "two is not allowed"
        raise MetstError(msg)
    if x == 3:
        msg = "a bug"
        raise RuntimeError(msg)
    return x


def die_once(folder: Path, x: int) -> int:
    """The first attempt at job 1 kills its process, as the kernel does when memory runs out."""
    mark = folder / "died"
    if x == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return x


def die_always(x: int) -> int:
    if x == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return x


def threads(_: int) -> str:
    return os.environ["OMP_NUM_THREADS"]


def slow_first(x: int) -> int:
    time.sleep(0.5 if x == 0 else 0.0)
    return x


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_has_its_outcome(workers: int) -> None:
    outcomes = {o.job: o.result for o in run(square, range(7), workers)}
    assert outcomes == {x: x * x for x in range(7)}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_job_ends_only_itself(workers: int) -> None:
    outcomes = {o.job: o for o in run(fail_on_two, [1, 2, 3, 4], workers)}
    assert outcomes[2].error == "two is not allowed"
    assert outcomes[3].error is not None
    assert "RuntimeError: a bug" in outcomes[3].error
    assert (outcomes[1].result, outcomes[4].result) == (1, 4)


def test_the_job_of_a_killed_worker_is_run_again(tmp_path: Path) -> None:
    outcomes = {o.job: o for o in run(functools.partial(die_once, tmp_path), range(4), 2)}
    assert {j: o.result for j, o in outcomes.items()} == {x: x for x in range(4)}


def test_a_job_that_always_kills_its_worker_fails_in_words() -> None:
    outcomes = {o.job: o for o in run(die_always, range(4), 2)}
    assert "died 2 times" in str(outcomes[1].error)
    assert [outcomes[j].result for j in (0, 2, 3)] == [0, 2, 3]


def test_workers_compute_with_one_thread() -> None:
    before = dict(os.environ)
    assert {o.result for o in run(threads, range(2), 2)} == {"1"}
    assert dict(os.environ) == before


def test_outcomes_come_as_they_finish() -> None:
    assert [o.job for o in run(slow_first, range(3), 2)][-1] == 0
