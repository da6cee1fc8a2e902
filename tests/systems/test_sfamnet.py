"""SFAMNet: the published network, its joint loss, and batches of neutral samples alone."""

from pathlib import Path

import numpy as np
import pytest
import torch

from metst.systems.sfamnet import SFAMNet
from metst.systems.sfamnet.module import balanced
from tests.support import image_systems, parity
from tests.support.image_systems import close, parameters, trained

EACH = pytest.mark.parametrize("path", parity.each("systems/flow/net_sfamnet*.npz"))
WEIGHTS = torch.tensor([0.5, 2.0, 1.0, 1.0, 0.0])


def weighted() -> SFAMNet:
    system = SFAMNet()
    system.class_weights = WEIGHTS
    return system


@EACH
def test_published_outputs_from_weights_with_unused_norms(path: Path) -> None:
    file = np.load(path)
    x = image_systems.images(file["x"])
    for outputs in (5, 8):
        system = SFAMNet(emotions=outputs - 1).eval()
        weights = image_systems.weights(path.parent, f"sfamnet_out{outputs}")
        system.network.load_state_dict(weights)
        found = system.test_step((x,), 0)
        close(found["score"], file[f"spot_out{outputs}"], 1e-5)
        close(found["logits"], file[f"logits_out{outputs}"], 1e-5)
        if outputs == 5:
            close(system.network.c1(x[:2, :1]), file["stream_u_out5"], 1e-5)


@EACH
def test_published_training(path: Path) -> None:
    file, system = np.load(path), SFAMNet()
    weights = image_systems.weights(path.parent, "sfamnet_out5")
    system.load_state_dict({f"network.{name}": tensor for name, tensor in weights.items()})
    system.class_weights = torch.from_numpy(file["class_weights"])
    x = image_systems.images(file["x"])
    batch = x, torch.from_numpy(file["y_spot"]), torch.from_numpy(file["y_emotion"])
    logged = trained(system, batch)
    found = np.stack([logged[name] for name in ("loss", "loss_spotting", "loss_recognition")], 1)
    np.testing.assert_allclose(found, file["loss_total_spot_emotion"], atol=1e-4)
    score, logits = system(x)
    close(score, file["spot_after_4_steps"], 1e-4)
    close(logits, file["logits_after_4_steps"], 1e-4)


def test_released_norms_are_passed_over_and_other_names_are_not() -> None:
    network = SFAMNet().network
    state, unused = network.state_dict(), torch.zeros(3)
    network.load_state_dict({**state, "c1.0.bn1.weight": unused, "c2.0.cbam.bn.bias": unused})
    with pytest.raises(RuntimeError, match="conv9"):
        network.load_state_dict({**state, "c1.0.conv9.weight": unused})


@pytest.mark.parametrize(("emotions", "count"), [(4, 7249), (7, 8428)])
def test_published_numbers_of_parameters(emotions: int, count: int) -> None:
    assert parameters(SFAMNet(emotions)) == count - 42  # of norms that are never called


def test_it_learns() -> None:
    emotion = torch.tensor([0, 1, 2, 4])
    image_systems.learns(
        weighted, image_systems.random(4, 3, 42, 42), (emotion < 4).float(), emotion
    )


def test_a_neutral_batch_trains_spotting_alone() -> None:
    system = weighted()
    batch = image_systems.random(2, 3, 42, 42), torch.zeros(2), torch.tensor([4, 4])
    logged = trained(system, batch, steps=2)
    assert set(logged["loss_recognition"]) == {0}
    assert all(p.isfinite().all() for p in system.parameters())


def test_classes_are_balanced_without_neutral() -> None:
    weights = balanced(torch.tensor([10, 20, 0, 30, 900]))
    torch.testing.assert_close(weights, torch.tensor([2.0, 1.0, 0.0, 60 / 90, 0.0]))
