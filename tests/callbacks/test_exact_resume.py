"""Repeated epochs are the same: what random layers draw, and from which checkpoint they go on."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from callbacks import exact_resume
from callbacks.exact_resume import ExactResume
from metst.results.checkpoint import LAST
from metst.runner.selection import Selection
from metst.systems.me_tst.module import AnalysisModule
from tests.support.runs import run


def draws(subject: str, epoch: int, batch: int, seed: int = 100) -> list[float]:
    """What a random layer would draw in a batch, after something else has drawn before it."""
    torch.rand(torch.randint(1, 50, (1,)).item())  # type: ignore[call-overload]
    data = SimpleNamespace(fold=SimpleNamespace(key=(seed, subject)))
    trainer = cast(Any, SimpleNamespace(datamodule=data, current_epoch=epoch))
    ExactResume().on_train_batch_start(trainer, cast(Any, None), None, batch)
    return torch.rand(4).tolist()


def test_a_batch_that_is_repeated_draws_the_same() -> None:
    assert draws("spNO.1", 3, 7) == draws("spNO.1", 3, 7)


def test_every_part_of_the_key_counts() -> None:
    keys = [("spNO.1", 3, 7), ("spNO.2", 3, 7), ("spNO.1", 4, 7), ("spNO.1", 3, 8)]
    drawn = [tuple(draws(*key)) for key in keys] + [tuple(draws("spNO.1", 3, 7, seed=1))]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [False, True])
def test_a_checkpoint_that_takes_long_is_not_written_after_every_epoch(
    asked: bool, tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in the third epoch, training goes on after the first; asked to stop, after that."""
    more, only = ["--trainer.max_epochs=4", "--name=broken"], Selection(("spNO.1",))
    run(tiny, *more, "--name=whole", selection=only)
    monkeypatch.setattr(exact_resume, "QUICK", -1.0)
    monkeypatch.setattr(exact_resume, "SHARE", 1e-6)
    step = AnalysisModule.training_step

    def stop(self: AnalysisModule, *arguments: Any) -> torch.Tensor:  # noqa: ANN401
        if self.trainer.current_epoch == 2:
            if not asked:
                raise KeyboardInterrupt
            self.trainer.should_stop = True
        return step(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(AnalysisModule, "training_step", stop)
        if asked:
            run(tiny, *more, selection=only)
        else:
            with pytest.raises(KeyboardInterrupt):
                run(tiny, *more, selection=only)
    fold = tmp_path / "broken/folds/spNO.1"
    state = torch.load(fold / LAST, weights_only=True)
    assert state["epoch"] == (2 if asked else 0)
    if not asked:
        run(tiny, *more, selection=only)
        whole = tmp_path / "whole/folds/spNO.1"
        for name in ("predictions.csv", "outputs.safetensors", "curves.csv"):
            assert (fold / name).read_bytes() == (whole / name).read_bytes()
