"""What each verb imports, in a process of its own: torch and lightning take seconds."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("torch", "lightning", "torchmetrics")

PROGRAM = """
import contextlib, io, json, sys
from metst.cli import main
with contextlib.redirect_stdout(io.StringIO()):
    try:
        code = main(sys.argv[2:])
    except SystemExit as end:  # of --help
        code = end.code
print(json.dumps([code, [name for name in json.loads(sys.argv[1]) if name in sys.modules]]))
"""


def imported(*words: object) -> set[str]:
    """Which of `HEAVY` are imported by a verb that succeeds."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(HEAVY), *map(str, words)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    code, names = json.loads(ended.stdout)
    assert code == 0
    return set(names)


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["demo", "--help"]])
def test_help_imports_no_torch(words: list[str]) -> None:
    assert not imported(*words)


def test_the_status_imports_no_torch(tiny_runs: Path) -> None:
    """Whatever the command line of the run was: its classes are names."""
    options = ["--data.demo.size=300", "--callbacks+=callbacks.timelines.Timelines"]
    run = [f"--loso.runs={tiny_runs}", "--name=demo"]
    assert not imported("loso", "--config", "experiments/demo.yaml", *options, *run, "--status")


@pytest.mark.slow
def test_a_check_imports_no_torch(tiny_root: Path) -> None:
    assert not imported("check", "demo", "--root", tiny_root)
    options = ["--config", "experiments/demo.yaml", f"--data.root={tiny_root}"]
    assert not imported("check", *options)


@pytest.mark.parametrize("verb", ["evaluate", "compare", "tables", "diagnose"])
@pytest.mark.slow
def test_verbs_that_read_runs_import_no_lightning(verb: str, tiny_runs: Path) -> None:
    runs = [tiny_runs / "demo"] * (2 if verb == "compare" else 1)
    assert imported(verb, *runs) == {"torch"}


@pytest.mark.slow
def test_the_report_imports_no_lightning(tiny_runs: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert imported("report", tiny_runs / "demo", "--out", page) == {"torch"}
