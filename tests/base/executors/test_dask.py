"""Jobs on a Dask cluster: every outcome arrives, whatever a job or its worker does."""

import functools
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metst.base.errors import MetstError
from metst.base.executors import Dask, LocalDask, Outcome, dask, stop_wanted
from tests.support.dask_cluster import Cluster, cluster_in
from tests.support.interrupts import interrupt_when

pytestmark = pytest.mark.slow

pytest.importorskip("distributed", reason="the extra dask is not installed")


def square(x: int) -> int:
    return x * x


def fail_on_two(x: int) -> int:
    if x == 2:
        msg = "two is not allowed"
        raise MetstError(msg)
    return x


def die_once(folder: Path, x: int) -> int:
    mark = folder / "died"
    if x == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return x


def alone(folder: Path, x: int) -> int:
    """Fails where another job runs in this process; job 1 kills its first one."""
    (folder / str(os.getpid())).touch(exist_ok=False)
    die_once(folder, x)
    time.sleep(2)
    (folder / str(os.getpid())).unlink()
    return x


def wait_to_be_stopped(folder: Path, x: int) -> int:
    """Ends early when it is wanted, as a fold does."""
    (folder / f"began {x}").touch()
    while not stop_wanted():
        time.sleep(0.1)
    (folder / f"ended {x}").touch()
    if x == 1:
        return x
    raise KeyboardInterrupt


def sleep(folder: Path, x: int) -> int:
    (folder / f"began {x}").touch()
    time.sleep(600)
    return x


def by_job(outcomes: Iterator[Outcome[int, Any]]) -> dict[int, Outcome[int, Any]]:
    return {outcome.job: outcome for outcome in outcomes}


def test_every_job_has_its_outcome_and_fails_alone() -> None:
    outcomes = by_job(LocalDask(2).run(fail_on_two, range(5)))
    assert outcomes[2].error == "two is not allowed"
    assert {x: outcomes[x].result for x in (0, 1, 3, 4)} == {x: x for x in (0, 1, 3, 4)}
    assert list(LocalDask(2).run(square, [])) == []


def test_the_job_of_a_killed_worker_is_run_again(tmp_path: Path) -> None:
    outcomes = by_job(LocalDask(2).run(functools.partial(die_once, tmp_path), range(4)))
    assert {x: o.result for x, o in outcomes.items()} == {x: x for x in range(4)}


def test_after_ctrl_c_jobs_may_end_in_order_and_none_begins(tmp_path: Path) -> None:
    thread = interrupt_when([tmp_path / "began 0", tmp_path / "began 1"], times=1)
    outcomes = []
    with pytest.raises(KeyboardInterrupt):
        for outcome in LocalDask(2).run(functools.partial(wait_to_be_stopped, tmp_path), range(5)):
            outcomes.append((outcome.job, outcome.result))
    thread.join()
    assert {p.name for p in tmp_path.iterdir()} == {"began 0", "began 1", "ended 0", "ended 1"}
    assert outcomes == [(1, 1)]
    assert not stop_wanted()


def test_a_second_ctrl_c_waits_for_nobody(tmp_path: Path) -> None:
    thread = interrupt_when([tmp_path / "began 0", tmp_path / "began 1"], times=2)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(LocalDask(2).run(functools.partial(sleep, tmp_path), range(5)))
    thread.join()
    assert time.monotonic() - start < 120


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with cluster_in(tmp_path / "cluster") as made:
        yield made


def test_a_worker_of_many_threads_runs_one_job_at_a_time(cluster: Cluster, tmp_path: Path) -> None:
    """The job of a killed worker comes to one that is busy and has free threads."""
    cluster.worker("a", "--nthreads=4")
    cluster.worker("b", "--nthreads=4")
    outcomes = by_job(Dask(cluster.address).run(functools.partial(alone, tmp_path), range(2)))
    assert {x: (o.result, o.error) for x, o in outcomes.items()} == {0: (0, None), 1: (1, None)}


def test_a_scheduler_that_goes_is_told(cluster: Cluster, tmp_path: Path) -> None:
    cluster.worker("a")

    def kill() -> None:
        while not (tmp_path / "began 0").exists():
            time.sleep(0.01)
        cluster.processes[0].kill()

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    with pytest.raises(MetstError, match="scheduler has gone; what was finished is kept"):
        list(Dask(cluster.address).run(functools.partial(sleep, tmp_path), range(2)))
    thread.join()


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "CONNECT_SECONDS", 1)
    with pytest.raises(MetstError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        list(Dask("tcp://127.0.0.1:9").run(square, [1]))
    with pytest.raises(MetstError, match="no Dask scheduler answers at nonsense://x"):
        list(Dask("nonsense://x").run(square, [1]))
