"""Optimizer and schedule by class path: read, written, read again, and at work."""

import json
from typing import Any

import pytest
import torch
from torch import nn

from metst.base.errors import ConfigError
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser, to_yaml
from metst.systems.me_tst.module import AnalysisModule
from metst.systems.me_tst.optimization import optimization
from tests.support.runs import DEMO

COSINE = {"class_path": "torch.optim.lr_scheduler.CosineAnnealingLR", "init_args": {"T_max": 4}}
ADAMW = {"class_path": "torch.optim.AdamW", "init_args": {"weight_decay": 0.01}}
CHOSEN = (
    *(f"--model.optimizer={json.dumps(ADAMW)}", f"--model.schedule={json.dumps(COSINE)}"),
    *("--model.spotting_loss=torch.nn.BCELoss", "--model.lr=0.02"),
    "--model.recognition_loss=metst.network.losses.FocalLoss",
)


@pytest.mark.parametrize("system", ["compact", "me_tst_plus", "boosting_vrme", "contrast"])
def test_they_are_read_from_what_was_written(system: str) -> None:
    parser = experiment_parser("metst loso")
    config = parse(parser, [*DEMO, "--config", f"experiments/systems/{system}.yaml", *CHOSEN])
    text = to_yaml(parser, config)
    again = parser.parse_string(text)
    assert to_yaml(parser, again) == text
    made = build(parser, again).model
    assert isinstance(made, AnalysisModule)
    assert isinstance(made.spotting_loss, nn.BCELoss)
    configured: Any = optimization([nn.Parameter()], made.lr, 40, made.optimizer, made.schedule)
    (group,) = configured["optimizer"].param_groups
    assert isinstance(configured["optimizer"], torch.optim.AdamW)
    assert (group["lr"], group["weight_decay"]) == (0.02, 0.01)


def test_a_schedule_counts_epochs() -> None:
    made: Any = optimization(
        *([nn.Parameter()], 0.02, 40),
        schedule=lambda x: torch.optim.lr_scheduler.CosineAnnealingLR(x, T_max=4),
    )
    assert isinstance(made["optimizer"], torch.optim.Adam)
    assert made["lr_scheduler"]["interval"] == "epoch"
    rates = []
    for _ in range(4):
        rates.append(made["optimizer"].param_groups[0]["lr"])
        made["optimizer"].step()
        made["lr_scheduler"]["scheduler"].step()
    assert rates == pytest.approx([0.02, 0.01 * (1 + 0.5**0.5), 0.01, 0.01 * (1 - 0.5**0.5)])


def test_a_schedule_that_follows_a_metric_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"model.schedule: .* got ReduceLROnPlateau"):
        optimization(
            [nn.Parameter()], 0.02, 40, schedule=torch.optim.lr_scheduler.ReduceLROnPlateau
        )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ('--model.optimizer={"class_path": "torch.optim.SGD", "init_args": {"lr": 1}}', "lr"),
        ("--model.optimizer=torch.nn.Linear", r"^model.optimizer: .* got torch.nn.Linear [(]"),
        ("--model.schedule=StepLR", "^missing: model.schedule.step_size$"),
    ],
)
def test_a_mistake_is_named(option: str, message: str) -> None:
    parser = experiment_parser("metst loso")
    with pytest.raises(ConfigError, match=message):
        parse(parser, [*DEMO, option])
