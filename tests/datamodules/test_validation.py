"""Validation subjects of a fold: not trained on, looked at once per epoch, the same each time."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from datamodules.casme3 import CASME3DataModule
from metst.base.errors import ConfigError
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.samples import FlowWindows
from metst.samples.augmentations import Gain
from tests.support.rehearsed import K, few
from tests.support.runs import DEMO


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("place")
    few(place)
    return place


def data(place: Path, whole: bool, validation: int) -> CASME3DataModule:
    samples = FlowWindows(K, ratio=1.0, whole_videos=whole)
    made = CASME3DataModule(place / "root", place / "cache", samples, validation=validation)
    made.choose("spNO.1", seed=100)
    return made


def of_video(made: CASME3DataModule, flow: Tensor) -> set[str]:
    """Subjects in whose windows or videos each of these (B, C, T) is."""
    known = {
        r.subject: made.samples._input(r) for r in (*made.fold.training, *made.fold.validation)
    }
    return {
        s for s, windows in known.items() for x in flow if (windows == x).flatten(1).all(1).any()
    }


@pytest.mark.parametrize("whole", [False, True])
def test_they_are_kept_apart(place: Path, whole: bool) -> None:
    made = data(place, whole, validation=1)
    (chosen,) = {r.subject for r in made.fold.validation}
    training, validation = made.samples.training(), made.samples.validation()
    flow = [training.plain(torch.tensor([i]))[0][0] for i in range(len(training))]
    assert of_video(made, flow) == {"spNO.2", "spNO.3", "spNO.4"} - {chosen}
    batches = list(made.val_dataloader())
    assert of_video(made, [x for batch in batches for x in batch[0]]) == {chosen}
    assert any(batch[1].any() for batch in batches)
    assert sum(len(batch[0]) for batch in batches) == len(validation)
    assert [type(x) for x in training.augmentations] == [Gain]
    assert not validation.augmentations
    again = list(data(place, whole, validation=1).val_dataloader())
    for one, other in zip(batches, again, strict=True):
        assert all(torch.equal(x, y) for x, y in zip(one, other, strict=True))


def test_without_them_nothing_is_looked_at(place: Path) -> None:
    made = data(place, whole=False, validation=0)
    assert len(made.val_dataloader()) == 0
    assert {r.subject for r in made.fold.training} == {"spNO.2", "spNO.3", "spNO.4"}


@pytest.mark.parametrize("system", ["of_fd", "softnet", "lssnet_flow", "ststnet"])
def test_systems_that_validate_nothing_refuse_them(system: str) -> None:
    parser = experiment_parser("metst loso")
    words = [*DEMO, "--config", f"experiments/systems/{system}.yaml", "--data.validation=1"]
    with pytest.raises(ConfigError, match=r"^data.validation: expected 0: .* has no validation"):
        build(parser, parse(parser, words))
