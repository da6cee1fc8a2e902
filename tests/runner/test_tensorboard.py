"""Training as TensorBoard shows it: the numbers of `curves.csv`, also after an interruption."""

from pathlib import Path

import pytest

from metst.base.errors import ConfigError
from metst.results.curves import read_curves
from metst.runner import options
from metst.runner.options import LosoOptions
from tests.support.runs import run


@pytest.mark.slow
def test_the_curves_of_a_fold_are_there(tiny: list[str], tmp_path: Path) -> None:
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    run(tiny, "--loso.tensorboard=true")
    fold = tmp_path / "demo" / "folds" / "spNO.1"
    events = accumulators.EventAccumulator(str(fold / "tensorboard"))
    events.Reload()
    shown = [(event.step, event.value) for event in events.Scalars("loss")]
    rows = [(row["step"], row["loss"]) for row in read_curves(fold / "curves.csv")]
    assert shown == [(step, pytest.approx(loss)) for step, loss in rows]
    assert len(shown) == 2
    assert run(tiny).ran == 0  # without TensorBoard it is the same run


def test_it_is_refused_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install 'metst\[tensorboard\]'"):
        LosoOptions(tensorboard=True)
