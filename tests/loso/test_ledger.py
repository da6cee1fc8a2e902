"""The run folder: states, locks, and configurations that do not belong to it."""

import subprocess
import sys
from pathlib import Path

import pytest

from metst.errors import ConfigError, MetstError
from metst.loso.ledger import FoldFolder, RunFolder


def test_states_of_a_fold(tmp_path: Path) -> None:
    fold = FoldFolder(tmp_path / "spNO.1")
    assert fold.status().state == "pending"
    fold.begin(30)
    fold.advance(3)
    status = fold.status()
    assert (status.state, status.epoch, status.epochs) == ("running", 3, 30)
    fold.fail("no face")
    assert (fold.status().state, fold.status().error) == ("failed", "no face")
    fold.begin(30)
    fold.finish()
    assert (fold.status().state, fold.status().error) == ("done", "")


def test_another_configuration_is_refused_with_the_difference(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.open("seed: 1\nmodel: {lr: 0.1}\n", fresh=False)
    run.open("seed: 1\nmodel: {lr: 0.1}\n", fresh=False)
    with pytest.raises(ConfigError, match=r"model\.lr: 0\.1 -> 0\.2"):
        run.open("seed: 1\nmodel: {lr: 0.2}\n", fresh=False)


def test_fresh_removes_what_the_run_wrote_and_nothing_else(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.open("seed: 1\n", fresh=False)
    run.fold("a").begin(3)
    (run.path / "notes.txt").write_text("mine")
    run.open("seed: 2\n", fresh=True)
    assert run.fold("a").status().state == "pending"
    assert run.config.read_text() == "seed: 2\n"
    assert (run.path / "notes.txt").read_text() == "mine"


def test_a_second_process_is_told_who_holds_the_run(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom metst.loso.ledger import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])).lock():\n"
        "    print('held', flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(MetstError, match=f"process {other.pid}"), RunFolder(tmp_path).lock():
            pass
        other.kill()
        other.wait()
    with RunFolder(tmp_path).lock():  # the lock went with its process
        pass


def test_changed_data_are_refused_by_name(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    parts = {f"flow of 1/{letter}": letter for letter in "abcdefgh"}
    run.check_data(parts)
    run.check_data(dict(reversed(parts.items())))
    with pytest.raises(ConfigError, match=r"changed: flow of 1/c, labels of 1/a\.\n"):
        run.check_data({k: v for k, v in parts.items() if v != "c"} | {"labels of 1/a": "x"})
    with pytest.raises(ConfigError, match="flow of 1/e and 3 more"):
        run.check_data(dict.fromkeys(parts, "new"))
    run.open("seed: 1", fresh=True)
    run.check_data({"flow of 1/a": "new"})
