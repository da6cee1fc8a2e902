"""Arguments of a trainer that no fold could come of."""

from typing import Any

import pytest

from metst.base.errors import ConfigError
from metst.runner.trainer import check_trainer, try_trainer


@pytest.mark.parametrize(
    "chosen",
    [
        {"max_epochs": -1},
        {"max_epochs": 0},
        {"max_epochs": -1, "max_time": "00:00:01:00"},
        {"max_time": "00:00:01:00"},
        {"max_steps": 0, "max_epochs": 3},
        {"max_steps": -5},
        {"devices": 2},
        {"devices": "2"},
        {"devices": -1},
        {"devices": 0},
        {"devices": [0, 1]},
        {"devices": [1]},
        {"devices": "3,"},
        {"num_nodes": 2},
        {"limit_test_batches": 0.5},
        {"limit_test_batches": 1},
        {"limit_train_batches": 0},
        {"fast_dev_run": True},
    ],
    ids=str,
)
def test_what_no_fold_can_come_of_is_refused_by_name(chosen: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        check_trainer(chosen)
    assert any(
        str(caught.value).startswith(f"trainer.{name}: ") for name in [*chosen, "max_epochs"]
    )


@pytest.mark.parametrize(
    "chosen",
    [
        {"max_epochs": 1},
        {},
        {"max_steps": 5},
        {"max_epochs": 3, "max_time": "00:00:01:00"},
        {"devices": "auto"},
        {"devices": 1},
        {"devices": "1"},
        {"devices": "0,"},
        {"devices": [0]},
        {"limit_test_batches": 1.0},
        {"limit_train_batches": 1},
        {"overfit_batches": 1},
    ],
    ids=str,
)
def test_what_a_fold_can_come_of_is_not(chosen: dict[str, Any]) -> None:
    check_trainer(chosen)


@pytest.mark.parametrize(
    "chosen",
    [{"accelerator": "mps"}, {"strategy": "nope"}, {"max_time": "soon"}, {"profiler": "nope"}],
    ids=str,
)
def test_what_this_machine_cannot_do_is_heard_from_lightning(chosen: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"^trainer: .") as caught:
        try_trainer({"max_epochs": 1, **chosen})
    assert "\n" not in str(caught.value)


def test_a_trainer_that_is_tried_changes_nothing() -> None:
    import torch

    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(mode=False)
    try:
        try_trainer({"max_epochs": 1, "accelerator": "cpu"})
        assert not torch.are_deterministic_algorithms_enabled()
    finally:
        torch.use_deterministic_algorithms(before)
