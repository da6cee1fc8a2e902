"""Every table in a terminal of 80 columns: all columns are there, whole; names are no markup."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console, RenderableType

from metst.base.terminal import NARROW, grid, table_of
from metst.cli import compare as compare_verb
from metst.cli import doctor, main
from metst.cli._tables import console
from metst.datasets.labels.records import Expression, Recording, Timebase
from metst.results.cells import Cell
from metst.results.ledger import RunFolder
from metst.results.summary import summary
from metst.results.table import Line, Table
from metst.results.tables import read_predictions
from metst.runner.overview import overview
from metst.scoring.compare import compare
from metst.scoring.evaluation import evaluate
from metst.scoring.protocols import get_protocol
from tests.support.predicted import predicted

NAME = "[red]subject[/red]_with_a_:smile:_name"


def shown(rendered: RenderableType) -> list[str]:
    """Lines as a terminal of 80 columns shows them."""
    out = io.StringIO()
    Console(width=NARROW, file=out, markup=False, emoji=False).print(rendered)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= NARROW
    assert not any("…" in line for line in lines)
    return lines


def cells(lines: list[str], key: int) -> list[list[str]]:
    """Cells of the rows of a table, parts of folded ones put together again.

    Args:
        lines: of the terminal.
        key: column that is not folded: where it has a value, a row begins.
    """
    rows: list[list[str]] = []
    for line in lines:
        parts = [part.strip() for part in line.split("│")[1:-1]]
        if not line.startswith("│") or len(parts) <= key:
            continue
        if parts[key]:
            rows.append(parts)
        else:
            rows[-1] = [a + b for a, b in zip(rows[-1], parts, strict=True)]
    return rows


@pytest.fixture
def results(tmp_path: Path) -> dict[str, Any]:
    """Scores of one subject, with counts as large as those of real data sets."""
    found = (Expression(NAME, "a", 10, 15, 20, emotion="others"),)
    recordings = [Recording(NAME, "a", 200, Timebase(30.0), found)]
    path = tmp_path / "p.csv"
    path.write_text(f"subject,video,onset,offset,emotion\n{NAME},a,11,20,others\n")
    table = read_predictions(path, recordings)
    results = evaluate(table, recordings) | {"complete": False, "demanded": 94}
    counts = {"tp": 1021, "fp": 50144, "fn": 1036, "precision": 0.123, "recall": 0.456, "f1": 0.789}
    strict = results["protocols"]["strict"]["synergy"]
    for scores in (results["folds"][NAME]["strict"], *strict.values()):
        scores["spotting"] = counts
        scores["recognition"] |= {"uf1": 0.234, "uar": 0.345, "f1": 0.567}
        scores["strs"] = 0.678
    for outcomes in results["candidates"].values():
        outcomes["false"]["nothing"] = 50144
    return results


def test_the_summary(results: dict[str, Any]) -> None:
    lines = shown(summary(results, ("strict",)))
    numbers = ["1021", "50144", "1036", "0.123", "0.456", "0.789"]
    numbers += ["0.234", "0.345", "0.567", "0.678"]
    text = "\n".join(lines)
    for name in ("TP", "FP", "FN", "P", "R", "F1", "UF1", "UAR", "rec", "STRS"):
        assert f"{name}┃" in text
    rows = cells(lines, key=10)
    assert rows[0] == [NAME, *numbers]
    labels = {row[0].replace(" ", ""): row[1:] for row in rows}
    assert labels["all,recognition_first"] == numbers
    assert "95%interval,high" in labels
    candidates = {row[0]: row[1:] for row in cells(lines, key=4) if len(row) == 5}
    assert candidates["false, over nothing"] == ["50144"] * 4


def test_one_strategy_is_no_synergy_and_other_kinds_have_no_candidates(
    results: dict[str, Any],
) -> None:
    assert "Result-level synergy" in " ".join(shown(summary(results, ("strict",))))
    strict = results["protocols"]["strict"]
    strict["synergy"] = {"none": strict["synergy"]["none"]}
    text = " ".join(shown(summary(results, ("strict",))))
    assert "Result-level synergy" not in text and "undefined" in text and "Candidates" in text
    text = " ".join(shown(summary(results | {"kind": "macro"}, ("strict",))))
    assert "Candidates" not in text


def test_a_comparison() -> None:
    scoring = get_protocol("strict")
    counts = scoring.counts(*_pair(), "none")
    found = compare(counts, counts, scoring)
    first, second = f"{NAME}-first", f"{NAME}-second-with-a-longer-name"
    lines = shown(compare_verb._table(found, first, second))
    heading = "".join(line for line in lines if line.startswith("┃"))
    assert "losses" in heading
    rows = cells(lines, key=7)
    assert [len(row) for row in rows] == [10] * 4
    difference = "+0.000[0.000, 0.000]"
    assert rows[0] == ["f1", "1.000", "1.000", difference, "1.0000", "0", "0", "1", "-", ""]


def _pair() -> tuple[pd.DataFrame, list[Recording]]:
    found = (Expression("1", "a", 10, 15, 20, emotion="others"),)
    row = ("", "1", "a", 10, 15, 20, "others", 1.0)
    recordings = [Recording("1", "a", 200, Timebase(30.0), found)]
    return predicted([row]), recordings


def test_the_status_of_folds(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "demo")
    run.check_data({}, ["spNO.216", "006"])
    run.fold("spNO.216").begin(30)
    run.fold("spNO.216").advance(7)
    run.fold("spNO.216").fail("[red]no face in /data/casme3/[x]/spNO.216")
    rows = cells(shown(overview(run)), key=1)
    assert rows[0][:2] == ["spNO.216", "failed"]
    assert rows[0][4] == "7/30"
    assert rows[0][-1].replace(" ", "") == "[red]nofacein/data/casme3/[x]/spNO.216"
    assert [row[:2] for row in rows][-1] == ["006", "pending"]


def test_what_works_on_this_machine() -> None:
    what = "not installed: only --wandb.mode needs it; pip install 'metst[wandb]'"
    lines = shown(doctor._table({"wandb": (False, what), "a:smile:": (True, "/" + "x" * 90)}))
    rows = cells(lines, key=1)
    assert "".join(rows[0][2].split()) == "".join(what.split())
    assert rows[1] == ["a:smile:", "yes", "/" + "x" * 90]


def test_tables_of_studies() -> None:
    cell = Cell(0.6591, 0.0123, 0.5432, 0.7321)
    line = Line("without synergy, [b]all[/b] folds, and 2 more seeds", "strict", [cell] * 3)
    columns = ("Analy (STRS)", "Spot (F1)", "Recog (F1)")
    table = Table("A study", columns, [line], ["Ours: seed 100"])
    lines = shown(table.shown())
    (row,) = cells(lines, key=1)
    assert row[0].replace(" ", "") == line.label.replace(" ", "")
    assert row[2:] == ["0.6591 ± 0.0123[0.5432, 0.7321]"] * 3
    assert "- Ours: seed 100" in lines


def test_tables_with_many_columns_are_folded() -> None:
    """As wide as those of a sweep over six settings."""
    headings = ["trial", "STRS strict (95 %)", "F1 spotting", "F1 recognition"]
    headings += [f"model.network.init_args.{name}" for name in ("width", "depth", "state")]
    headings += ["model.lr", "callbacks.iou", "folds"]
    values = ["0123456789abc", "0.659 (0.543-0.732)", "0.697", "0.945"]
    values += ["128", "12", "64", "0.0003", "0.5", "12 of 94"]
    (row,) = cells(shown(table_of("Sweep", headings, [values])), key=8)
    assert [value.replace(" ", "") for value in row] == [v.replace(" ", "") for v in values]


def test_names_are_no_markup_on_any_console(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for terminal in ("1", None):
        if terminal:
            monkeypatch.setenv("FORCE_COLOR", terminal)
        else:
            monkeypatch.delenv("FORCE_COLOR")
        console().print(NAME, soft_wrap=True)
        table = grid(NAME)
        table.add_column(NAME)
        table.add_row(NAME)
        console().print(table)
        assert capsys.readouterr().out.count(NAME) == 4


def test_names_with_brackets_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "subject,video,onset,offset,emotion\n"
    folder = tmp_path / "[bold]x"
    folder.mkdir()
    (folder / "annotations.csv").write_text(
        head + f"{NAME},[b]a,10,20,others\n{NAME},[b]a,9,5,others\n"
    )
    (folder / "p.csv").write_text(head + f"{NAME},[b]a,10,20,others\n")
    assert main(["evaluate", str(folder / "p.csv"), "--protocol=strict"]) == 1
    text = capsys.readouterr().out
    assert NAME in text
    assert f"{folder / 'annotations.csv'} line 3: {NAME}/[b]a 9-5" in text
    assert main(["evaluate", str(folder / "p.csv"), f"--write-megc={folder / 'm.csv'}"]) == 1
    assert f"wrote {folder / 'm.csv'}" in capsys.readouterr().out
