"""Two real processes on one run folder share its folds, also when one of them is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from metst.results.ledger import RunFolder
from tests.support.waiting import DEADLINE, wait_until

pytestmark = pytest.mark.slow

DEMO = ["loso", "--config", "experiments/demo.yaml"]

SLOW = "--callbacks+=tests.support.slow.Slow"


@contextmanager
def started(words: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command line in a process of its own; it is gone afterwards."""
    command = [sys.executable, "-m", "metst", *words]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("killed", [False, True])
def test_two_runs_share_the_folds(
    killed: bool, tiny: list[str], tiny_runs: Path, tmp_path: Path
) -> None:
    """The first one sleeps in a fold until the second waits for it; then it goes on, or dies."""
    words = [*DEMO, *tiny, SLOW, "--callbacks.seconds=0.05", "--name=shared"]
    run = RunFolder(tmp_path / "shared")
    logs = tmp_path / "first.log", tmp_path / "second.log"
    with started(words, logs[0]) as first:
        wait_until(lambda: run.fold("spNO.1").now().epoch >= 1)
        first.send_signal(signal.SIGSTOP)
        with started(words, logs[1]) as second:
            message = f"waiting: fold spNO.1 is run by process {first.pid} on "
            wait_until(lambda: message in logs[1].read_text())
            assert run.fold("spNO.2").done
            first.send_signal(signal.SIGKILL if killed else signal.SIGCONT)
            codes = [process.wait(DEADLINE) for process in (first, second)]
    assert codes == [-signal.SIGKILL if killed else 0, 0]
    by = {subject: run.fold(subject).status().pid for subject in run.subjects()}
    assert by == {"spNO.1": second.pid if killed else first.pid, "spNO.2": second.pid}
    assert run.fold("spNO.1").log.read_text().count("training begins") == (2 if killed else 1)
    for name in ("results.json", "predictions.csv"):
        assert (run.path / name).read_bytes() == (tiny_runs / "demo" / name).read_bytes()
