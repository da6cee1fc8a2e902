"""SOFTNet: the published network and its training."""

from pathlib import Path

import numpy as np
import pytest
import torch

from metst.systems.softnet import SOFTNet
from tests.support import image_systems, parity
from tests.support.image_systems import close, parameters, trained

PLACES = {"dense": "head.2", "dense_1": "head.4"}
PLACES |= {f"conv2d{end}": f"streams.{i}.0" for i, end in enumerate(("", "_1", "_2"))}


@pytest.mark.parametrize("path", parity.each("systems/flow/net_softnet*.npz"))
def test_published_outputs_and_training(path: Path) -> None:
    file, system = np.load(path), SOFTNet()
    weights = image_systems.weights(path.parent, "softnet")
    system.network.load_state_dict(image_systems.from_keras(weights, PLACES))
    x = image_systems.images(file["x"])
    close(system.eval().test_step((x,), 0)["score"], file["spot"], 1e-5)
    loss = trained(system, (x, torch.from_numpy(file["y"])))["loss"]
    np.testing.assert_allclose(loss, file["loss"], atol=1e-4)
    close(system(x), file["spot_after_4_steps"], 1e-4)


def test_published_number_of_parameters() -> None:
    assert parameters(SOFTNet()) == 314_817


def test_it_learns() -> None:
    image_systems.learns(SOFTNet, image_systems.random(4, 3, 42, 42), torch.ones(4))
