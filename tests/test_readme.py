"""README promises nothing that the tree lacks: its commands, its paths, its tables."""

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from metst.cli import _folds as loso_verb
from metst.cli import main
from metst.results.curves import read_curves
from metst.runner.arguments import parse
from metst.runner.systems.plan import options as tables_options
from tests.support.rehearsed import JUDGE_ALONE, few
from tests.support.rehearsed import options as rehearsed_options

README = Path("README.md").read_text()
RESULTS = Path("experiments/bench/RESULTS.md").read_text()


def _commands(text: str) -> list[str]:
    """Commands of indented blocks."""
    lines = (line for line in text.splitlines() if re.match(r"    (make|metst) ", line))
    return [line.split("#")[0].strip() for line in lines]


COMMANDS = _commands(README)
MAKE = [
    *(c for c in (*COMMANDS, *_commands(RESULTS)) if c.startswith("make")),
    *re.findall(r"`(make [^`]+)`", README + RESULTS),
]


@pytest.mark.parametrize("command", sorted({c for c in MAKE if " my" not in c}))
def test_make_commands_exist_and_their_options_parse(command: str) -> None:
    words = shlex.split(command)
    dry = subprocess.run(["make", "-n", *words[1:]], capture_output=True, text=True, check=False)
    assert dry.returncode == 0, dry.stderr
    loso = [line for line in dry.stdout.splitlines() if " -m metst loso " in line]
    for line in loso:
        options = shlex.split(line.split(" loso ", 1)[1])
        parse(loso_verb.options(), options)
    for line in dry.stdout.splitlines():
        if " -m metst tables " in line:
            parse(tables_options(), shlex.split(line.split(" tables ", 1)[1]))


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("metst ")])
@pytest.mark.slow
def test_metst_commands_run(
    command: str,
    tiny: list[str],
    both_runs: Path,
    tiny_root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(_clone(tmp_path))
    words = shlex.split(command)[1:]
    words = [w.replace("data/demo", str(tiny_root)) for w in words]
    words = [w.replace("runs/heads-dev-compact", "runs/demo") for w in words]
    words = [w.replace("runs/", f"{both_runs}/") for w in words]
    words = [str(both_runs / "demo/predictions.csv") if w == "other.csv" else w for w in words]
    if words[0] == "slurm":  # it makes the data set that its tasks need
        words += [*tiny, "--executor.workers=0"]
    if words[-1] == "--help":
        with pytest.raises(SystemExit, match="0"):
            main(words)
    else:
        assert main(words) == 0
    printed = {
        "doctor": "PARAMETERS",
        "diagnose": "FALSE ALARMS",
        "heads": "KNOBS.STRENGTH",
        "report": "WROTE",
        "predict": "MICRO-EXPRESSIONS IN",
        "slurm": "SUBMIT.SH",
    }
    assert printed.get(words[0], "STRS") in capsys.readouterr().out.upper()


def _clone(folder: Path) -> Path:
    """A folder to give commands in, which may write beside the sources."""
    for name in ("experiments", "datamodules", "callbacks"):
        (folder / name).symlink_to(Path(name).resolve())
    return folder


@pytest.mark.slow
def test_the_network_of_the_example_trains(
    tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = _example("mynet", tmp_path, monkeypatch)
    experiment = ["loso", "--config", "experiments/demo.yaml", *tiny]
    try:
        assert main([*experiment, *options, "--executor.kind=serial"]) == 0
    finally:
        sys.modules.pop("mynet", None)  # other tests have networks of this name
    assert (tmp_path / "small/results.json").is_file()


@pytest.mark.slow
def test_the_training_of_the_example_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(tmp_path)
    options = _example("mytraining", tmp_path, monkeypatch)
    experiment = rehearsed_options(tmp_path, "casme3", tmp_path / "runs", JUDGE_ALONE)
    try:
        assert (
            main(["loso", *experiment, *options, "--trainer.max_epochs=2", "--folds=spNO.1"]) == 0
        )
    finally:
        sys.modules.pop("mytraining", None)
    fold = tmp_path / "runs/trained/folds/spNO.1"
    assert {"val_loss", "val_loss_spotting"} <= read_curves(fold / "curves.csv")[-1].keys()


def _example(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Go where the files of an example lie, written anew; returns the options of its command."""
    monkeypatch.chdir(_clone(folder))
    monkeypatch.syspath_prepend(folder)
    found = re.findall(rf"`({name}\.\w+)`:.*?```\w+\n(.*?)```", README, re.DOTALL)
    assert found
    for file, text in found:
        Path(file).write_text(text)
    (command,) = [c for c in COMMANDS if name in c]
    return shlex.split(re.findall(r'ARGS="([^"]+)"', command)[0])


def test_paths_of_the_overview_exist() -> None:
    overview = README.split("## How the pieces fit")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in overview.splitlines() if line.startswith("| `")]
    named = {Path(name) for row in rows for name in re.findall(r"`([^`]+)`", row)}
    folders = {p for p in Path("src/metst").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert named == folders


def test_benchmarks_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in sorted(Path("experiments/bench").glob("[a-z]*.py")):
        monkeypatch.setattr(sys, "argv", [program.name, "--help"])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(program), run_name="__main__")
        assert end.value.code == 0


def test_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all(Path(picture).is_file() for picture in pictures)
