"""`metst loso`: some folds, the table of all, and what is refused."""

import json
import os
import shutil
from pathlib import Path

import pytest

from metst.cli import main
from metst.cli.main import FAILED, OK, USAGE
from metst.results.ledger import RunFolder

pytestmark = pytest.mark.slow

DEMO = ["loso", "--config", "experiments/demo.yaml"]


def rows(table: str) -> dict[str, str]:
    """Lines of a printed table by their first cell."""
    cut = (line.split("│") for line in table.splitlines() if line.startswith("│"))
    return {cells[1].strip(): "│".join(cells) for cells in cut}


def test_some_folds_are_run_and_the_rest_is_named(
    tiny: list[str], tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    run, words = RunFolder(tmp_path / "demo"), [*DEMO, *tiny]
    assert main([*words, "--status"]) == FAILED
    assert "the run has not begun" in capfd.readouterr().err
    assert not run.path.exists()

    assert main([*words, "--folds=spNO.2"]) == OK
    printed = capfd.readouterr().out
    assert "Protocol strict - INCOMPLETE: 1 of 2 folds" in printed
    assert "is incomplete: folds spNO.1 are not done" in printed
    assert json.loads(run.results.read_text())["complete"] is False

    assert main([*words, "--status"]) == OK
    table = capfd.readouterr().out
    assert "1 done, 1 pending, of 2 folds" in table
    assert "done" in rows(table)["spNO.2"]
    assert f"{os.getpid()} on" in rows(table)["spNO.2"]
    assert "2/2" in rows(table)["spNO.2"]
    assert "pending" in rows(table)["spNO.1"]

    for option, printed in (
        ("--folds=spNO.3", "--folds: no subject 'spNO.3'; did you mean spNO.2 or spNO.1?"),
        ("--fods=spNO.2", "unknown key 'fods'; did you mean folds?"),
    ):
        assert main([*words, option]) == USAGE
        assert printed in capfd.readouterr().err
    assert main([*words, "--fresh", "--folds=spNO.2"]) == USAGE
    assert "without --folds" in capfd.readouterr().err

    run.fold("spNO.1").fail("the sky fell")
    shutil.rmtree(run.fold("spNO.2").path)
    assert main([*words, "--status"]) == OK
    assert "the sky fell" in rows(capfd.readouterr().out)["spNO.1"]
    assert main([*words, "--only-failed"]) == OK
    assert run.fold("spNO.1").done
    assert run.fold("spNO.2").status().state == "pending"
    capfd.readouterr()
    assert main([*words, "--only-failed"]) == OK
    assert "none of these folds to run" in capfd.readouterr().out

    with run.fold("spNO.2").lock.taken():
        assert main([*words, "--fresh"]) == FAILED
        assert f"worked on (fold spNO.2 by process {os.getpid()}" in capfd.readouterr().err
        assert main([*words, "--status"]) == OK
        assert "running" in rows(capfd.readouterr().out)["spNO.2"]
    assert run.fold("spNO.1").done
    assert main(words) == OK
    assert "INCOMPLETE" not in capfd.readouterr().out
    assert json.loads(run.results.read_text())["complete"] is True
