"""What a fold logs survives an interruption, once."""

from pathlib import Path

import pytest

from metst.results.curves import CurvesLogger, read_curves

ROWS = [{"epoch": e, "loss": 1 / (e + 3), "step": 8 * e + 7} for e in range(5)]


def log(path: Path, rows: list[dict[str, float]]) -> None:
    logger = CurvesLogger(path)
    for row in rows:
        known = {name: value for name, value in row.items() if name != "step"}
        logger.log_metrics(known, step=int(row["step"]))


def test_every_row_is_there_at_once(tmp_path: Path) -> None:
    for n in range(1, 6):
        log(tmp_path / f"{n}.csv", ROWS[:n])
        assert read_curves(tmp_path / f"{n}.csv") == ROWS[:n]


@pytest.mark.parametrize("again", [0, 2, 4])
def test_a_resumed_training_leaves_the_file_of_an_undisturbed_one(
    again: int, tmp_path: Path
) -> None:
    log(tmp_path / "whole.csv", ROWS)
    log(tmp_path / "cut.csv", ROWS[:4])
    log(tmp_path / "cut.csv", ROWS[again:])
    assert (tmp_path / "cut.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert read_curves(tmp_path / "cut.csv") == ROWS


def test_half_a_row_is_passed_over_and_mended(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    log(path, ROWS[:3])
    path.write_bytes(path.read_bytes()[:-6])
    assert read_curves(path) == ROWS[:2]
    log(path, ROWS[2:])
    assert read_curves(path) == ROWS


def test_new_columns_may_come_later(tmp_path: Path) -> None:
    path = tmp_path / "curves.csv"
    rows = [ROWS[0], {**ROWS[1], "lr": 0.1}, ROWS[2]]
    log(path, rows)
    assert read_curves(path) == rows


def test_there_is_nothing_before_the_first_row(tmp_path: Path) -> None:
    assert read_curves(tmp_path / "curves.csv") == []
