"""Stopping a real `metst loso`: once at the end of the running epochs, twice at once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from metst.cli.main import INTERRUPTED
from metst.results.checkpoint import LAST, recover
from metst.results.ledger import RunFolder
from tests.support.waiting import DEADLINE, wait_until

pytestmark = pytest.mark.slow


@contextmanager
def running(
    tiny: list[str], tmp_path: Path, workers: int, seconds: float
) -> Iterator[tuple[subprocess.Popen[str], RunFolder]]:
    """A run of endless epochs, each batch `seconds` long, with its first epochs done."""
    words = [
        *("loso", "--config", "experiments/demo.yaml", *tiny),
        *("--callbacks+=tests.support.slow.Slow", f"--callbacks.seconds={seconds}"),
        *(f"--executor.workers={workers}", "--trainer.max_epochs=100000"),
    ]
    command = [sys.executable, "-m", "metst", *words]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        run = RunFolder(tmp_path / "demo")
        try:
            begun = ("spNO.1", "spNO.2")[:workers]
            wait_until(lambda: all(run.fold(s).now().state == "running" for s in begun))
            wait_until(lambda: all(" begins after" in log(run, s) for s in begun))
            yield process, run
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def log(run: RunFolder, subject: str) -> str:
    path = run.fold(subject).log
    return path.read_text() if path.exists() else ""


def test_once_ends_with_the_epoch(tiny: list[str], tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group, as from a terminal."""
    with running(tiny, tmp_path, workers=2, seconds=0.05) as (process, run):
        wait_until(lambda: run.fold("spNO.1").status().epoch >= 1)
        os.killpg(process.pid, signal.SIGINT)
        _, printed = process.communicate(timeout=DEADLINE)
    assert process.returncode == INTERRUPTED
    assert "stopping" in printed
    assert "interrupted: what was finished is kept" in printed
    assert "Traceback" not in printed
    for subject in ("spNO.1", "spNO.2"):
        fold = run.fold(subject)
        status = fold.now()
        assert status.state == "interrupted"
        assert f"stopped on request after epoch {status.epoch}" in log(run, subject)
        assert recover(fold.path) == fold.path / LAST
    assert not run.results.exists()


def test_twice_ends_at_once(tiny: list[str], tmp_path: Path) -> None:
    """SIGTERM, which Slurm sends to the first process alone, is the same wish."""
    with running(tiny, tmp_path, workers=1, seconds=600) as (process, run):
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert process.poll() is None  # it would go on to the end of the epoch
        os.killpg(process.pid, signal.SIGINT)
        _, printed = process.communicate(timeout=DEADLINE)
    assert process.returncode == INTERRUPTED
    assert "stopping" in printed
    assert "interrupted: what was finished is kept" in printed
    status = json.loads((run.fold("spNO.1").path / "status.json").read_text())
    assert (status["state"], status["epoch"]) == ("running", 0)
    assert run.fold("spNO.1").now().state == "interrupted"
    assert "stopped on request" not in log(run, "spNO.1")
