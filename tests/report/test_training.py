"""Training curves of the report: which columns, how many points, and what is left out."""

import shutil
from pathlib import Path

import pytest

from metst.report import write_report
from metst.report.axes import axis, log_axis, whole_axis
from metst.report.training import POINTS, training
from metst.results.run import open_run


@pytest.fixture
def copy(made_up: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_up, tmp_path / "copy"))


def log(run: Path, subject: str, text: str) -> None:
    (run / "folds" / subject / "curves.csv").write_text(text)


def test_losses_come_with_validation_and_rates_last(copy: Path) -> None:
    head = "epoch,loss,loss_spotting,lr-Adam,step,val_loss\n"
    log(copy, "sp0", head + ",,,0.5,0,\n0,4,2,,7,3\n,,,0.25,8,\n1,2,,,15,nan\n,,,0.1,16,\n")
    log(copy, "sp1", head + "0,8,4,,7,7\n1,6,,,15,5\n")
    found = training(open_run(copy))
    assert found is not None and found.validated
    titles = ["loss", "validation loss", "spotting loss", "learning rate of Adam"]
    assert found.titles == titles
    assert [chart.title for chart in found.charts] == ["loss", *titles[2:]]
    assert found.last == {"sp0": (2, [2, 3, 2, 0.25]), "sp1": (2, [6, 5, 4, None])}
    loss, _, rate = found.charts
    lines = {(line.title, line.fold): line.points for line in loss.lines}
    high = loss.values.high
    assert lines["loss", ""] == [(0, pytest.approx(6 / high)), (1, pytest.approx(4 / high))]
    assert lines["validation loss", ""][1] == (1, pytest.approx(5 / high))  # of one fold
    assert len(lines["validation loss", "sp0"]) == 1
    assert [len(line.points) for line in rate.lines] == [2, 0, 2]


def test_long_trainings_are_thinned_and_keep_their_end(copy: Path) -> None:
    rows = "".join(f"{e},{1 / (1 + e)},{e}\n" for e in range(1001))
    for subject in ("sp0", "sp1"):
        log(copy, subject, "epoch,loss,step\n" + rows)
    found = training(open_run(copy))
    assert found is not None
    (chart,) = found.charts
    assert chart.every == 9
    assert all(len(line.points) <= POINTS + 1 for line in chart.lines)
    assert all(line.points[-1] == pytest.approx((1, 1 / 1001)) for line in chart.lines)


def test_without_training_there_is_no_section(copy: Path) -> None:
    assert 'id="training"' in write_report([copy]).read_text()
    for path in copy.glob("folds/*/curves.csv"):
        path.unlink()
    assert training(open_run(copy)) is None
    assert 'id="training"' not in write_report([copy]).read_text()


def test_axes_hold_their_values_and_have_round_ticks() -> None:
    assert [text for _, text in axis(0, 0.53).ticks] == ["0", "0.2", "0.4", "0.6"]
    assert [text for _, text in axis(0.62, 0.84).ticks] == ["0.6", "0.7", "0.8", "0.9"]
    assert axis(0.5, 0.5).place(0.5) in (0, 1)
    assert [text for _, text in log_axis(4e-4, 5e-3).ticks][::2] == ["0.0002", "0.001", "0.005"]
    assert log_axis(1e-3, 1e-3).place(1e-3) == 0
    assert whole_axis(0, 11).ticks == [(0, "0"), (5 / 11, "5"), (10 / 11, "10")]
    assert [text for _, text in whole_axis(3, 3).ticks] == ["3", "4"]
