"""Random layers draw by (seed, subject, epoch, batch), whatever was drawn before."""

from types import SimpleNamespace
from typing import Any, cast

import torch

from callbacks.exact_resume import ExactResume


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
