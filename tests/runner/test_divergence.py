"""Training that diverges fails its fold, and leaves nothing that looks like a result."""

from pathlib import Path

import pytest
import torch

from metst.base.errors import MetstError
from metst.results.checkpoint import keep
from metst.results.ledger import RunFolder
from metst.runner.divergence import finite_weights, require_finite
from tests.support.runs import run

LIMIT = "--trainer.max_epochs=3"


@pytest.mark.slow
def test_a_loss_that_is_not_finite_fails_the_fold_in_its_epoch(
    tiny: list[str], tmp_path: Path
) -> None:
    finished = run(tiny, LIMIT, "--model.lr=1e30")
    assert set(finished.failed) == {"spNO.1", "spNO.2"}
    for error in finished.failed.values():
        assert error in [f"loss is not finite in epoch {n}; lower --model.lr" for n in (1, 2, 3)]
    assert finished.results == {}
    assert not (tmp_path / "demo" / "results.json").exists()
    assert not list(tmp_path.glob("demo/folds/*/predictions.csv"))


@pytest.mark.slow
def test_a_fold_does_not_go_on_from_weights_that_are_not_finite(
    tiny: list[str], finished: Path, tmp_path: Path
) -> None:
    fold = RunFolder(finished).fold("spNO.1")
    checkpoint = torch.load(fold.checkpoint, weights_only=True)
    next(iter(checkpoint["state_dict"].values())).fill_(float("nan"))
    torch.save(checkpoint, tmp_path / "x.ckpt")
    keep(fold.path, (tmp_path / "x.ckpt").read_bytes())
    (fold.path / "status.json").unlink()
    fold.predictions.unlink()
    again = run(tiny)
    assert list(again.failed) == ["spNO.1"]
    assert "not finite" in again.failed["spNO.1"]
    assert "--fresh" in again.failed["spNO.1"]
    assert set(again.results["folds"]) == {"spNO.2"}


@pytest.mark.parametrize("name", ["score", "logits"])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_outputs_that_are_not_finite_are_refused(name: str, value: float) -> None:
    tensors = {"score": torch.zeros(2, 5), "logits": torch.zeros(2, 5, 3)}
    tensors[name][1, 2] = value
    with pytest.raises(MetstError, match=f"{name} of the network is not finite"):
        require_finite(tensors)


def test_no_buffer_holds_nan() -> None:
    module = torch.nn.BatchNorm1d(3)
    assert finite_weights(module)
    assert module.running_var is not None
    module.running_var[1] = float("inf")  # as in a mask
    assert finite_weights(module)
    module.running_var[1] = float("nan")
    assert not finite_weights(module)
