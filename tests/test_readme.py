"""README promises nothing that the tree lacks: its commands, its paths, its tables."""

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from metst.cli import loso as loso_verb
from metst.cli import main
from metst.runner.arguments import parse
from metst.scoring.protocols import DIFFERENCES

README = Path("README.md").read_text()
COMMANDS = [
    line.split("#")[0].strip()
    for line in README.splitlines()
    if re.match(r"    (make|\.venv/bin/python) ", line)
]
INLINE = re.findall(r"`(make [^`]+)`", README)


@pytest.mark.parametrize("command", [c for c in (*COMMANDS, *INLINE) if c.startswith("make")])
def test_make_commands_exist_and_their_options_parse(command: str) -> None:
    words = shlex.split(command)
    dry = subprocess.run(["make", "-n", *words[1:]], capture_output=True, text=True, check=False)
    assert dry.returncode == 0, dry.stderr
    loso = [line for line in dry.stdout.splitlines() if " -m metst loso " in line]
    for line in loso:
        options = shlex.split(line.split(" loso ", 1)[1])
        parse(loso_verb.options(), options)


@pytest.mark.parametrize("command", [c for c in COMMANDS if " -m metst " in c])
def test_metst_commands_run(
    command: str,
    tiny: list[str],
    tiny_runs: Path,
    tiny_root: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(_clone(tmp_path))
    words = shlex.split(command)[3:]
    words = [w.replace("data/demo", str(tiny_root)) for w in words]
    words = [w.replace("runs/", f"{tiny_runs}/") for w in words]
    words = [str(tiny_runs / "demo/predictions.csv") if w == "other.csv" else w for w in words]
    if words[0] == "slurm":  # it makes the data set that its tasks need
        words += [*tiny, "--executor.workers=0"]
    assert main(words) == 0
    said = {
        "doctor": "PARAMETERS",
        "report": "WROTE",
        "predict": "MICRO-EXPRESSIONS IN",
        "slurm": "SUBMIT.SH",
    }
    assert said.get(words[0], "STRS") in capsys.readouterr().out.upper()


def _clone(folder: Path) -> Path:
    """A folder to give commands in, which may write beside the sources."""
    for name in ("experiments", "datamodules", "callbacks"):
        (folder / name).symlink_to(Path(name).resolve())
    return folder


def test_paths_of_the_overview_exist() -> None:
    overview = README.split("## How the pieces fit")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in overview.splitlines() if line.startswith("| `")]
    assert len(rows) >= 6
    for row in rows:
        names = re.findall(r"`([^`]+)`", row)
        folder = Path(names[0]).parent
        for name in names:
            assert Path(name).exists() or (folder / name).exists(), name


def test_every_difference_of_the_protocols_is_told() -> None:
    for difference in DIFFERENCES:
        assert f"| {difference.rule} | {difference.authors} | {difference.strict} |" in README


def test_benchmarks_start(monkeypatch: pytest.MonkeyPatch) -> None:
    named = set(re.findall(r"python -m experiments\.bench\.(\w+)", README))
    programs = sorted(Path("experiments/bench").glob("*.py"))
    assert named == {program.stem for program in programs}
    for program in programs:
        monkeypatch.setattr(sys, "argv", [program.name, "--help"])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(program), run_name="__main__")
        assert end.value.code == 0


def test_pictures_exist() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all(Path(picture).is_file() for picture in pictures)
