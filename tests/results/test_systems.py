"""The paper's tables over many systems: what is published, run again, or neither."""

from pathlib import Path

from metst.datasets.labels.records import EMOTIONS
from metst.results.cells import MARK
from metst.results.run import open_run
from metst.results.systems import NOT_RUN, TABLES, Entry, systems_table
from metst.results.table import Table, text_of
from metst.scoring.judgment import Judgment
from tests.support.judged import Found, judged_run

ALL = ("spotting", "recognition", "analysis", "synergy")
BOTH = Judgment(EMOTIONS, EMOTIONS, "spotting_first")
THREE = Judgment(EMOTIONS, EMOTIONS[:3], "spotting_first")
FOUND: list[Found] = [("micro", 10, 20, "negative"), ("micro", 50, 60, "positive")]


def _entries(folder: Path) -> list[Entry]:
    spotter = judged_run(folder / "spotter", Judgment((), (), "none"), [("micro", 10, 20, "")])
    runs = {
        "of_fd": spotter,
        "me_tst": judged_run(folder / "demo", BOTH, FOUND[:1]),
        "boosting_vrme": judged_run(folder / "other", THREE, FOUND),
    }
    read = {name: open_run(path, results=True).averaging(EMOTIONS) for name, path in runs.items()}
    return [
        Entry("of_fd", ("spotting",), read["of_fd"], ""),
        Entry("me_tst", ALL[:3], read["me_tst"], ""),
        Entry("boosting_vrme", ALL[:3], read["boosting_vrme"], ""),
        Entry("mean", ALL[:3], remark="failed: no disk"),
        Entry("sfamnet", ALL[:3]),
    ]


def _rows(table: Table) -> dict[str, list[str]]:
    return {x.label: [x.source, *map(text_of, x.cells)] for x in table.lines}


def test_a_system_has_one_row_with_its_published_scores_and_those_of_its_run(
    tmp_path: Path,
) -> None:
    entries = _entries(tmp_path)
    table = systems_table("spotting", "casme3", entries)
    assert table.columns[:3] == ["F1 Score, published", "F1 Score, authors", "F1 Score, strict"]
    rows = _rows(table)
    assert rows["ME-TST"][:4] == ["demo", "0.0802", "0.6667", "0.6667 [0.6667, 0.6667]"]
    assert rows["OF-FD"][1] == "0.0000"
    assert rows["BoostingVRME"][1] == f"0.0997{MARK}"
    assert rows["BoostingVRME"][2] == "1.0000"
    assert any(MARK in note and "others is not scored" in note for note in table.notes)
    assert rows["MEAN"] == ["failed", "0.0283", *["-"] * 5]
    assert "MEAN: failed: no disk." in table.notes
    assert rows["SFAMNet"][:2] == ["not run yet", "0.0716"]
    assert list(rows)[:3] == ["OF-FD", "ME-TST", "BoostingVRME"]


def test_what_cannot_be_run_stands_there_with_its_reason() -> None:
    for name, missing in (
        ("spotting", ["LSSNet", "LGSNet", "3D-CNN (Yap et al.)", "MESNet"]),
        ("recognition", ["FeatRef"]),
        ("analysis", []),
    ):
        table = systems_table(name, "sammlv", [])
        rows = _rows(table)
        assert [label for label, row in rows.items() if row[0] == NOT_RUN] == missing
        for label in missing:
            assert sum(label in n and f"{NOT_RUN}: " in n for n in table.notes) == 1
    known = _rows(systems_table("spotting", "sammlv", []))
    assert [known[n][1] for n in ("MESNet", "3D-CNN (Yap et al.)")] == ["0.0880", "0.0466"]


def test_all_runs_average_the_same_emotions(tmp_path: Path) -> None:
    entries = _entries(tmp_path)
    assert all(e.run.judgment.analyzed == EMOTIONS for e in entries[1:3] if e.run)
    table = systems_table("analysis", "demo", entries)
    assert f"Averaged in every re-run: {', '.join(EMOTIONS)}." in table.notes
    assert table.notes[0].startswith("Nothing is published on demo.")
    assert "OF-FD" not in _rows(table)


def test_every_table_has_a_title() -> None:
    numbers = [systems_table(name, "demo", []).title.partition(":")[0] for name in TABLES]
    assert numbers == ["Table I", "Table II", "Table III", "Table IV"]
