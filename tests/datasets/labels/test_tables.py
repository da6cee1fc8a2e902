"""Spreadsheets that are damaged, or not what their suffix names."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from metst.base.errors import LabelError
from metst.datasets.labels.tables import read_tables
from tests.support.label_tables import FULL_NAME, ME_NAME, ME_ROWS, casme3_labels, write_xlsx
from tests.support.xls import write_xls

COLUMNS = ("subject", "filename")


def survives(path: Path) -> bool:
    """Whether a file is read; anything but a `LabelError` fails the test."""
    try:
        return bool(read_tables(path, COLUMNS))
    except LabelError as error:
        assert str(path) in str(error)
        return False


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", [ME_NAME, FULL_NAME])
def test_damage_anywhere_is_told_in_words(tmp_path: Path, name: str) -> None:
    casme3_labels(tmp_path)
    sound = np.frombuffer((tmp_path / name).read_bytes(), np.uint8)
    assert survives(tmp_path / name)
    generator = np.random.default_rng(7)
    for _ in range(150):
        damaged = sound[: generator.integers(1, len(sound) + 1)].copy()
        damaged[generator.integers(len(damaged), size=5)] = generator.integers(256, size=5)
        (tmp_path / "damaged").write_bytes(damaged.tobytes())
        survives(tmp_path / "damaged")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_xml_is_told_in_words(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    with ZipFile(tmp_path / ME_NAME) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    generator = np.random.default_rng(7)
    for name in parts:
        for _ in range(8):
            part = np.frombuffer(parts[name], np.uint8).copy()
            part[generator.integers(len(part), size=3)] = generator.integers(32, 127, size=3)
            zipped = BytesIO()
            with ZipFile(zipped, "w") as book:
                for other, data in (parts | {name: part.tobytes()}).items():
                    book.writestr(other, data)
            (tmp_path / "damaged").write_bytes(zipped.getvalue())
            survives(tmp_path / "damaged")


def test_the_content_decides_not_the_suffix(tmp_path: Path) -> None:
    rows = [["Subject", "Filename"], ["spNO.1", "a"]]
    write_xls(tmp_path / "really_xls.xlsx", {"label": rows})
    write_xlsx(tmp_path / "really_xlsx.xls", {"label": rows})
    for name in ("really_xls.xlsx", "really_xlsx.xls"):
        (table,) = read_tables(tmp_path / name, COLUMNS)
        assert [row.text("filename") for row in table.rows] == ["a"]


def test_nothing_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    casme3_labels(tmp_path, ME_ROWS)
    data = (tmp_path / FULL_NAME).read_bytes()
    (tmp_path / FULL_NAME).write_bytes(data + b"odd length")
    assert survives(tmp_path / FULL_NAME)
    assert capsys.readouterr().out == ""
