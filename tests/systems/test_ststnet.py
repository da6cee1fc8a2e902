"""STSTNet: the published network and its training."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from metst.base.errors import ConfigError
from metst.datasets.labels.records import EMOTIONS
from metst.samples import Fold
from metst.systems.annotated import Annotated
from metst.systems.ststnet import STSTNet
from tests.support import image_systems, parity
from tests.support.image_systems import close, parameters, trained


@pytest.mark.parametrize("path", parity.each("systems/flow/net_ststnet*.npz"))
def test_published_outputs_and_training(path: Path) -> None:
    file = np.load(path)
    x = image_systems.images(file["x"])
    for emotions in (7, 4, 3):
        system = STSTNet(Annotated(), emotions, dropout=0).eval()
        system.network.load_state_dict(image_systems.weights(path.parent, f"ststnet_c{emotions}"))
        close(system(x), file[f"logits_c{emotions}"], 1e-5)
    loss = trained(system, (x, torch.from_numpy(file["y"])))["loss"]
    np.testing.assert_allclose(loss, file["loss"], atol=1e-4)
    close(system(x), file["logits_after_4_steps"], 1e-4)


@pytest.mark.parametrize(("emotions", "count"), [(3, 1683), (4, 2084), (7, 3287)])
def test_published_numbers_of_parameters(emotions: int, count: int) -> None:
    assert parameters(STSTNet(Annotated(), emotions)) == count


def test_another_number_of_emotions_than_the_fold_has_is_refused() -> None:
    system: Any = STSTNet(Annotated(), emotions=3)
    system._trainer = SimpleNamespace(datamodule=SimpleNamespace(fold=Fold("1", 0, (), EMOTIONS)))
    with pytest.raises(ConfigError, match=r"model\.emotions: expected 4, one for each of"):
        system.setup("fit")


def test_what_cannot_learn_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"model\.dropout: expected 0 or a share below 1, got 2"):
        STSTNet(Annotated(), dropout=2)


def test_it_learns() -> None:
    images = 255 * image_systems.random(4, 3, 28, 28)
    image_systems.learns(lambda: STSTNet(Annotated(), dropout=0), images, torch.arange(4))
