"""What wandb gets of a run."""

from pathlib import Path

from metst.results.ledger import RunFolder
from metst.runner.tracking.contents import curve_rows


def test_a_row_waits_for_its_training_losses(tmp_path: Path) -> None:
    """A number once sent is not sent again, and validation is logged before training."""
    run = RunFolder(tmp_path)
    curves = run.fold("spNO.1").curves
    curves.parent.mkdir(parents=True)
    (tmp_path / "subjects.json").write_text('["spNO.1"]')
    header = "epoch,loss,lr,step,val_loss\n"
    rate, first, second = "0,,0.1,3,\n", "0,0.5,,9,0.6\n", "1,,,19,0.4\n"

    curves.write_text(header + rate + first + second)
    assert [key for key, _ in curve_rows(run)] == [("spNO.1", "3"), ("spNO.1", "9")]

    curves.write_text(header + rate + first + second.replace("1,,", "1,0.3,"))
    *_, (key, row) = curve_rows(run)
    assert key == ("spNO.1", "19")
    assert row == {"epoch": 1, "loss": 0.3, "step": 19, "val_loss": 0.4}
