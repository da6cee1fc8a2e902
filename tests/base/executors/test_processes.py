"""Jobs over processes: every outcome arrives, whatever a job or its worker does."""

import functools
import os
import signal
import time
from pathlib import Path

import pytest

from metst.base.errors import MetstError
from metst.base.executors import Processes
from tests.support.interrupts import interrupt_when


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
@pytest.mark.slow
def test_every_job_has_its_outcome(workers: int) -> None:
    outcomes = {o.job: o.result for o in Processes(workers).run(square, range(7))}
    assert outcomes == {x: x * x for x in range(7)}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_job_ends_only_itself(workers: int) -> None:
    outcomes = {o.job: o for o in Processes(workers).run(fail_on_two, [1, 2, 3, 4])}
    assert outcomes[2].error == "two is not allowed"
    assert outcomes[3].error is not None
    assert "RuntimeError: a bug" in outcomes[3].error
    assert (outcomes[1].result, outcomes[4].result) == (1, 4)


def test_the_job_of_a_killed_worker_is_run_again(tmp_path: Path) -> None:
    outcomes = {o.job: o for o in Processes(2).run(functools.partial(die_once, tmp_path), range(4))}
    assert {j: o.result for j, o in outcomes.items()} == {x: x for x in range(4)}


@pytest.mark.slow
def test_a_job_that_always_kills_its_worker_fails_with_a_message() -> None:
    outcomes = {o.job: o for o in Processes(2).run(die_always, range(4))}
    assert "died 2 times" in str(outcomes[1].error)
    assert [outcomes[j].result for j in (0, 2, 3)] == [0, 2, 3]


def test_workers_compute_with_one_thread() -> None:
    before = dict(os.environ)
    assert {o.result for o in Processes(2).run(threads, range(2))} == {"1"}
    assert dict(os.environ) == before


def test_outcomes_come_as_they_finish() -> None:
    assert [o.job for o in Processes(2).run(slow_first, range(3))][-1] == 0


def slow_until_stopped(folder: Path, x: int) -> int:
    """Handles SIGTERM as a fold does: notes it, and ends early a little later."""
    signals: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: signals.append(number))
    (folder / f"began {x}").touch()
    while not signals:
        time.sleep(0.01)
    time.sleep(0.3)
    (folder / f"ended {x}").touch()
    if x == 1:
        return x
    raise KeyboardInterrupt


def deaf(folder: Path, x: int) -> int:
    """Never ends by itself, whatever signal it gets."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / f"began {x}").touch()
    time.sleep(600)
    return x


def test_after_ctrl_c_jobs_may_end_in_order_and_none_begins(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    thread = interrupt_when([tmp_path / "began 0", tmp_path / "began 1"], times=1)
    outcomes = []
    with pytest.raises(KeyboardInterrupt):
        outcomes.extend(Processes(2).run(functools.partial(slow_until_stopped, tmp_path), range(5)))
    thread.join()
    assert {p.name for p in tmp_path.iterdir()} == {"began 0", "began 1", "ended 0", "ended 1"}
    assert signal.getsignal(signal.SIGINT) is before


def test_a_job_that_finishes_after_ctrl_c_has_its_outcome(tmp_path: Path) -> None:
    thread = interrupt_when([tmp_path / "began 0", tmp_path / "began 1"], times=1)
    results = []
    with pytest.raises(KeyboardInterrupt):
        for outcome in Processes(2).run(functools.partial(slow_until_stopped, tmp_path), range(5)):
            results.append((outcome.job, outcome.result))
    thread.join()
    assert results == [(1, 1)]


def test_who_stops_listening_after_ctrl_c_kills_no_job(tmp_path: Path) -> None:
    """The consumer raises at the first outcome; the other job still ends in order."""
    thread = interrupt_when([tmp_path / "began 0", tmp_path / "began 1"], times=1)
    with pytest.raises(MetstError):
        for _ in Processes(2).run(functools.partial(slow_until_stopped, tmp_path), range(5)):
            raise MetstError
    thread.join()
    assert (tmp_path / "ended 0").exists()


@pytest.mark.slow
def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path) -> None:
    thread = interrupt_when([tmp_path / "began 0", tmp_path / "began 1"], times=2)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(Processes(2).run(functools.partial(deaf, tmp_path), range(5)))
    thread.join()
    assert time.monotonic() - start < 60


def gpu(_: int) -> str:
    time.sleep(0.5)  # long enough for every worker to get a job
    return os.environ["CUDA_VISIBLE_DEVICES"]


def test_workers_take_gpus_in_turn() -> None:
    before = dict(os.environ)
    seen = [o.result for o in Processes(3, ["4", "GPU-a"]).run(gpu, range(3))]
    assert sorted(seen) == ["4", "4", "GPU-a"]
    assert dict(os.environ) == before
