"""What Lightning writes while a fold trains survives an interruption."""

from pathlib import Path

import pytest
import torch

from metst.results.checkpoint import LAST, PREVIOUS, intact
from metst.results.curves import read_curves
from metst.runner.plugins import AtomicCheckpointIO, CurvesLogger

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


@pytest.mark.parametrize("begun", [1, 2, 3, 4])
def test_a_step_is_a_row_whatever_it_is_logged_by(begun: int, tmp_path: Path) -> None:
    """Validation and training of an epoch are logged one by one, in any of two processes."""
    rows = [{**row, "val_loss": 1 / (i + 2)} for i, row in enumerate(ROWS[:3])]
    parts = [{n: r[n] for n in ("epoch", x, "step")} for r in rows for x in ("val_loss", "loss")]
    path = tmp_path / "curves.csv"
    log(path, parts[:begun])
    log(path, parts[begun // 2 * 2 :])
    assert read_curves(path) == rows
    log(tmp_path / "whole.csv", parts)
    assert (tmp_path / "whole.csv").read_bytes() == path.read_bytes()


def test_there_is_nothing_before_the_first_row(tmp_path: Path) -> None:
    assert read_curves(tmp_path / "curves.csv") == []


def test_lightning_writes_and_reads_through_it(tmp_path: Path) -> None:
    plugin = AtomicCheckpointIO()
    for epoch in (1, 2):
        plugin.save_checkpoint({"epoch": epoch, "w": torch.ones(3) * epoch}, tmp_path / LAST)
    plugin.save_checkpoint({"epoch": 7}, str(tmp_path / "other.ckpt"))
    assert plugin.load_checkpoint(tmp_path / LAST)["epoch"] == 2
    assert plugin.load_checkpoint(tmp_path / PREVIOUS)["w"].tolist() == [1, 1, 1]
    assert plugin.load_checkpoint(tmp_path / "other.ckpt") == {"epoch": 7}
    assert intact(tmp_path / LAST)
    assert not intact(tmp_path / "other.ckpt")
