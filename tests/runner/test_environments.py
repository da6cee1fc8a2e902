"""What folds were computed with: known for each, with a warning where it is not the same."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metst.base import cpu
from metst.network.scan import choose
from metst.report.html import write_report
from metst.results.ledger import FoldFolder
from metst.runner.environments import mixed_code, note, noted, of_run
from tests.support.runs import run


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which numba does not work."""
    monkeypatch.setattr(cpu, "_import_obstacle", lambda: "no numba here")
    choose.cache_clear()
    yield
    choose.cache_clear()


def described(**changes: object) -> dict[str, Any]:
    known = {"metst": "1", "system": "a", "cpu": "x", "packages": {"torch": "2"}, "scan": {}}
    return {**known, **changes}


@pytest.mark.slow
def test_a_fold_that_goes_on_with_another_scan_warns(
    tiny: list[str],
    finished: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    """The difference is in the fold's log, at the end of the run and on its page."""
    fold = FoldFolder(finished / "folds/spNO.1")
    (fold.path / "status.json").unlink()  # as if killed before its test
    request.getfixturevalue("elsewhere")
    assert not run(tiny).failed
    assert "fold spNO.1 was begun with something else (scan.name: cpu -> reference)" in caplog.text
    assert "1 of 2 folds were computed with something else than fold spNO.1" in caplog.text
    assert "was begun with something else" in fold.log.read_text()
    assert [known["scan"]["name"] for known in noted(fold)] == ["cpu", "reference"]

    pooled = json.loads((tmp_path / "demo/environment.json").read_text())
    assert pooled["scan"]["name"] == "cpu"
    assert pooled["other"] == {"spNO.1": {"scan.name": "cpu -> reference"}}
    page = tmp_path / "page.html"
    write_report([tmp_path / "demo"], page)
    assert "other.spNO.1.scan.name" in page.read_text()


def test_only_what_changes_numbers_counts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fold = FoldFolder(tmp_path / "006")
    note(fold, described(), resumed=False)
    note(fold, described(system="b"), resumed=True)
    assert [known["system"] for known in noted(fold)] == ["a"]
    assert of_run([fold]) == noted(fold)[0]
    assert not caplog.records

    note(fold, described(packages={"torch": "3"}), resumed=True)
    assert "packages.torch: 2 -> 3" in caplog.text
    assert len(noted(fold)) == 2
    note(fold, described(packages={"torch": "3"}), resumed=False)  # begun anew
    assert [known["packages"]["torch"] for known in noted(fold)] == ["3"]


def test_a_fold_that_goes_on_with_other_code_names_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fold = FoldFolder(tmp_path / "006")
    note(fold, described(code="a", own={"mynet": "1", "helpers": "1"}), resumed=False)
    note(fold, described(code="a", own={"mynet": "2", "helpers": "1"}), resumed=True)
    assert caplog.messages == [
        "fold 006 was begun with other code (mynet changed since) and goes on with this: begin the "
        "run anew with --fresh unless the change is of no effect"
    ]
    pooled = of_run([fold])
    assert pooled is not None
    assert mixed_code(pooled) == ["mynet"]


def test_folds_of_other_code_are_no_experiment(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folds = [FoldFolder(tmp_path / name) for name in ("006", "007", "009", "010")]
    notes = (
        described(code="a", own={"mynet": "1"}),
        described(code="a", own={"mynet": "2"}),
        described(code="b", own={"mynet": "1", "helpers": "1"}),
        described(code="a"),  # of a version that did not note it
    )
    for fold, now in zip(folds, notes, strict=True):
        note(fold, now, resumed=False)
    pooled = of_run(folds)
    assert pooled is not None
    assert mixed_code(pooled) == ["mynet", "metst", "helpers"]
    assert caplog.messages == [
        "2 of 4 folds were trained with OTHER CODE than fold 006 (mynet, metst, helpers): together "
        "they are not one experiment; begin anew with --fresh"
    ]


def test_folds_of_other_machines_are_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folds = [FoldFolder(tmp_path / name) for name in ("006", "007", "009")]
    for fold, name in zip(folds, ("x", "y", "y"), strict=True):
        note(fold, described(cpu=name), resumed=False)
    pooled: dict[str, Any] = of_run(folds) or {}
    assert pooled["other"] == {name: {"cpu": "x -> y"} for name in ("007", "009")}
    assert caplog.messages == [
        "2 of 3 folds were computed with something else than fold 006 (cpu); last digits depend "
        "on it"
    ]


def test_a_damaged_note_is_named_and_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fold = FoldFolder(tmp_path / "006")
    assert noted(fold) == []
    assert of_run([fold]) is None
    fold.path.mkdir()
    fold.environment.write_text("{")
    note(fold, described(), resumed=True)
    assert "environment.json is damaged" in caplog.text
    assert len(noted(fold)) == 1
