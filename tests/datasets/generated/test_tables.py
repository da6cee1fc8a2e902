"""Tables of generated sets: the readers of the real ones read them, and they hold no time."""

from pathlib import Path

import pytest

from metst.datasets.casme3 import CASME3
from metst.datasets.generated.tables import write_casme3, write_sammlv
from metst.datasets.labels import Expression
from metst.datasets.sammlv import SAMMLV


def units(e: Expression) -> str:
    return "6+12" if e.kind == "micro" else "45"


def test_casme3_reads_what_was_written(tmp_path: Path) -> None:
    wanted = [
        Expression("spNO.1", "a", 10, 14, 22, "micro", "positive", "happy"),
        Expression("spNO.1", "a", 30, 40, 70, "macro", None, ""),
        Expression("spNO.1", "b", 5, None, 12, "blink"),
        Expression("spNO.2", "a", 7, 9, 20, "micro", "negative", "sad"),
    ]
    write_casme3(tmp_path / "me.xlsx", tmp_path / "full.xlsx", wanted, units)
    read = CASME3.annotations(tmp_path)
    assert read.findings == ()
    assert list(read.expressions) == sorted(
        wanted, key=lambda e: ("micro", "macro", "blink").index(e.kind)
    )


def test_sammlv_reads_what_was_written(tmp_path: Path) -> None:
    wanted = [
        Expression("006", "006_1", 100, None, 190, "micro", "positive", "Happiness"),
        Expression("006", "006_1", 300, 340, 700, "macro", None, ""),
        Expression("006", "006_1", 710, 750, 790, "micro", "others", "Other"),
        Expression("007", "007_2", 50, 60, 90, "micro", "surprise", "Surprise"),
    ]
    blink = Expression("006", "006_1", 250, None, 280, "blink")
    write_sammlv(tmp_path / "long.xlsx", tmp_path / "facs.xlsx", [blink, *wanted], units)
    read = SAMMLV.annotations(tmp_path)
    assert read.findings == ()
    assert list(read.expressions) == [*(e for e in wanted if e.kind == "micro"), wanted[1]]


def test_the_same_rows_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Expression("spNO.1", "a", 10, 14, 22, "micro", "positive", "happy")]
    books = []
    for name, zone in (("first", "UTC"), ("second", "Asia/Tokyo")):
        monkeypatch.setenv("TZ", zone)
        write_casme3(tmp_path / f"{name}.xlsx", tmp_path / "full.xlsx", rows, units)
        books.append((tmp_path / f"{name}.xlsx").read_bytes())
    assert books[0] == books[1]
    assert b"1980" not in books[0]  # compressed: the time stands inside
