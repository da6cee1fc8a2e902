"""Two real processes on one run folder share its folds, also when one of them is killed."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from metst.results.ledger import RunFolder
from tests.support.runs import run
from tests.support.waiting import DEADLINE, wait_until

pytestmark = pytest.mark.slow

DEMO = ["loso", "--config", "experiments/demo.yaml"]

RESULTS = ("results.json", "predictions.csv")
HELD = "--callbacks+=tests.support.slow.Held"


@contextmanager
def started(words: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command line in a process of its own; it is gone afterwards."""
    command = [sys.executable, "-m", "metst", *words]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_second_run_takes_over_the_fold_of_a_killed_one(
    tiny: list[str], tiny_runs: Path, tmp_path: Path
) -> None:
    """The first one stands still in a fold until the second waits for it; then it dies."""
    go_on = tmp_path / "go on"
    words = [*DEMO, *tiny, HELD, f"--callbacks.until={go_on}", "--name=shared"]
    shared = RunFolder(tmp_path / "shared")
    logs = tmp_path / "first.log", tmp_path / "second.log"
    with started(words, logs[0]) as first:
        wait_until(lambda: shared.fold("spNO.1").now().epoch >= 1)
        first.send_signal(signal.SIGSTOP)
        go_on.touch()
        with started(words, logs[1]) as second:
            waits = f"waiting: fold spNO.1 is run by process {first.pid} on "
            wait_until(lambda: waits in logs[1].read_text())
            assert shared.fold("spNO.2").done
            first.send_signal(signal.SIGKILL)
            codes = [process.wait(DEADLINE) for process in (first, second)]
    assert codes == [-signal.SIGKILL, 0]
    assert {shared.fold(s).status().pid for s in shared.subjects()} == {second.pid}
    assert shared.fold("spNO.1").log.read_text().count("training begins") == 2
    assert equal(shared.path, tiny_runs / "demo")


def test_a_fold_that_another_process_finishes_is_not_run_again(
    tiny: list[str], tiny_runs: Path, finished: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The other one is made up: it holds the fold, and finishes it when the run waits for it."""
    fold = RunFolder(finished).fold("spNO.1")
    (finished / "results.json").unlink()
    predictions = fold.predictions.read_bytes()
    fold.predictions.unlink()
    held = threading.Event()

    def finish() -> None:
        with fold.lock.taken():
            held.set()
            wait_until(lambda: "waiting: fold spNO.1 is run by process" in caplog.text)
            fold.predictions.write_bytes(predictions)

    other = threading.Thread(target=finish, daemon=True)
    other.start()
    held.wait(DEADLINE)
    assert not run(tiny).failed
    other.join()
    assert fold.log.read_text().count("training begins") == 1
    assert equal(finished, tiny_runs / "demo")


def equal(one: Path, other: Path) -> bool:
    return all((one / n).read_bytes() == (other / n).read_bytes() for n in RESULTS)
