"""The run folder: states, and configurations and data that do not belong to it."""

import json
import logging
import os
import socket
from pathlib import Path

import pytest
from rich.console import Console

from metst.base.errors import ConfigError, MetstError
from metst.results.ledger import FoldFolder, RunFolder
from metst.runner.overview import overview
from metst.runner.selection import Selection


def config(text: str = "seed: 1") -> str:
    """As far as the ledger knows the configuration of a run."""
    return f"name: demo\ndata: {{}}\nmodel: {{lr: 0.1}}\nloso: {{}}\n{text}\n"


def test_states_of_a_fold(tmp_path: Path) -> None:
    fold = FoldFolder(tmp_path / "spNO.1")
    assert fold.status().state == "pending"
    fold.begin(30)
    fold.advance(3)
    status = fold.status()
    assert (status.state, status.epoch, status.epochs) == ("running", 3, 30)
    assert (status.host, status.pid) == (socket.gethostname(), os.getpid())
    fold.fail("no face")
    assert (fold.status().state, fold.status().error) == ("failed", "no face")
    fold.begin(30)
    fold.finish()
    assert (fold.status().state, fold.status().error) == ("done", "")


def test_a_fold_runs_while_its_lock_is_held_and_at_no_other_time(tmp_path: Path) -> None:
    fold = FoldFolder(tmp_path / "spNO.1")
    with fold.lock.taken():
        assert fold.now().state == "running"  # it has not written anything yet
        assert fold.now().pid == os.getpid()
        fold.begin(30)
        assert fold.now().state == "running"
    assert fold.now().state == "interrupted"
    fold.fail("no face")
    assert fold.now().state == "failed"
    with fold.lock.taken():
        assert (fold.now().state, fold.now().error) == ("running", "")
        fold.finish()
        assert fold.now().state == "done"


def test_done_is_a_fold_with_its_predictions(tmp_path: Path) -> None:
    fold = FoldFolder(tmp_path / "spNO.1")
    fold.begin(3)
    fold.finish()
    assert not fold.done
    fold.predictions.write_text("")
    assert fold.done


@pytest.mark.parametrize("text", ["", "{", '{"state": "done", "x": 1}', "[]"])
def test_a_damaged_status_counts_as_pending_and_is_told(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fold = FoldFolder(tmp_path / "spNO.1")
    fold.begin(3)
    (fold.path / "status.json").write_text(text)
    with caplog.at_level(logging.WARNING, "metst"):
        assert fold.status().state == "pending"
    assert "status.json is damaged" in caplog.text


def test_another_configuration_is_refused_with_the_difference(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.open(config())
    run.open(config())
    with pytest.raises(ConfigError, match=r"model\.lr: 0\.1 -> 0\.2"):
        run.open(config().replace("0.1", "0.2"))


def test_fresh_removes_what_the_run_wrote_and_nothing_else(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.open(config())
    run.check_data({"flow of 1/a": "x"}, ["a"])
    run.fold("a").begin(3)
    (run.path / "notes.txt").write_text("own")
    run.clear()
    assert run.fold("a").status().state == "pending"
    assert run.subjects() == ()
    assert {p.name for p in run.path.iterdir()} == {"notes.txt", ".users"}
    run.open(config("seed: 2"))
    run.check_data({"flow of 1/a": "y"}, ["a"])


@pytest.mark.parametrize("there", [{}, {"config.yaml": "lr: 0.1"}, {"config.yaml": "a: [\n"}])
def test_what_no_run_has_written_stays(there: dict[str, str], tmp_path: Path) -> None:
    """A folder of the user's whose files are named like ours, such as `--loso.runs . --name x`."""
    files = {**there, "folds/a/notes.txt": "own", "predictions.csv": "own", "data.json": "{}"}
    for name, text in files.items():
        path = tmp_path / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    run = RunFolder(tmp_path / "work")
    with pytest.raises(ConfigError, match=r"data\.json, folds, predictions\.csv, but no run"):
        run.clear()
    with pytest.raises(ConfigError, match="but no run"):
        run.open(config())
    kept = {p: p.read_text() for p in run.path.rglob("*") if p.is_file()}
    assert kept == {run.path / name: text for name, text in files.items()}


def test_a_run_that_is_worked_on_is_not_begun_anew(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.open(config())
    with run.fold("006").lock.taken():
        who = f"fold 006 by process {os.getpid()} on"
        with pytest.raises(MetstError, match=f"is being worked on.*{who}"):
            run.clear()
    with run.used(), run.used(), pytest.raises(MetstError, match="by another process"):
        run.clear()
    assert run.config.exists()
    run.clear()
    assert not run.config.exists()


def test_changed_data_are_refused_by_name(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.open(config())
    parts = {f"flow of 1/{letter}": letter for letter in "abcdefgh"}
    run.check_data(parts, ["1"])
    run.check_data(dict(reversed(parts.items())), ["1"])
    assert run.subjects() == ("1",)
    others = {k: v for k, v in parts.items() if v != "c"} | {"labels of 1/a": "x"}
    with pytest.raises(ConfigError, match=r"changed: flow of 1/c, labels of 1/a\.\n"):
        run.check_data(others, ["1"])
    with pytest.raises(ConfigError, match="flow of 1/e and 3 more"):
        run.check_data(dict.fromkeys(parts, "new"), ["1"])
    run.clear()
    run.check_data({"flow of 1/a": "new"}, ["1"])


@pytest.mark.parametrize("name", ["data.json", "subjects.json"])
def test_damaged_notes_are_told_with_the_mend(name: str, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.check_data({"flow of 1/a": "x"}, ["1"])
    (run.path / name).write_text('["1')
    with pytest.raises(MetstError, match=f"{name} is damaged.*delete it"):
        run.check_data({"flow of 1/a": "x"}, ["1"])
        run.subjects()


def test_folds_are_chosen_by_name_and_state(tmp_path: Path) -> None:
    run, subjects = RunFolder(tmp_path), ("006", "007", "010")
    run.fold("007").begin(3)
    run.fold("007").fail("no face")
    run.fold("010").begin(3)
    assert Selection().of(run, subjects) == ["006", "007", "010"]
    assert Selection(("010", "006")).of(run, subjects) == ["006", "010"]
    assert Selection(only_failed=True).of(run, subjects) == ["007"]
    assert Selection(("006",), only_failed=True).of(run, subjects) == []
    with pytest.raises(ConfigError, match=r"no subject '06'; did you mean 006"):
        Selection(("06",)).of(run, subjects)
    with pytest.raises(ConfigError, match=r"no subject 'spNO.1'; there are 006, 007, 010"):
        Selection(("spNO.1",)).of(run, subjects)


def test_the_overview_tells_every_state(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    with pytest.raises(MetstError, match="no folds yet"):
        overview(run)
    run.check_data({}, ["1", "2", "3", "4", "5"])
    for subject in ("1", "2", "3", "4"):
        run.fold(subject).begin(30)
    run.fold("1").finish()
    run.fold("2").fail("[red]no face")
    run.fold("3").advance(7)
    before = {p: p.read_bytes() for p in run.path.rglob("*") if p.is_file()}
    console = Console(width=200, record=True)
    with run.fold("4").lock.taken():
        console.print(overview(run))
    printed = console.export_text().splitlines()
    assert "1 done" in printed[0]
    rows = {line.split("│")[1].strip(): line for line in printed if line.startswith("│")}
    states = ("done", "failed", "interrupted", "running", "pending")
    for subject, state in zip("12345", states, strict=True):
        assert state in rows[subject]
    assert "[red]no face" in rows["2"]
    assert "7/30" in rows["3"]
    assert f"{os.getpid()} on {socket.gethostname()}" in rows["4"]
    written = {p: p.read_bytes() for p in run.path.rglob("*") if p.is_file() and p.name != ".lock"}
    assert written == before  # looking writes nothing


def test_looking_at_many_folds_costs_a_bounded_number_of_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunFolder(tmp_path / "demo")
    subjects = [f"{i:03}" for i in range(100)]
    run.check_data({}, subjects)
    for subject in subjects:
        with run.fold(subject).lock.taken():
            run.fold(subject).begin(30)
    opened: list[Path] = []
    open_ = Path.open

    def count(self: Path, *arguments: object, **named: object) -> object:
        opened.append(self)
        return open_(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", count)
    overview(run)
    assert len(opened) <= 2 * len(subjects) + 1  # a status and a lock each, and their list
    assert json.loads((run.path / "subjects.json").read_text()) == subjects
