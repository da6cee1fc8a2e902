"""RCN-A: the published network, its attention and its training."""

from pathlib import Path

import numpy as np
import pytest
import torch

from metst.systems.annotated import Annotated
from metst.systems.rcn_a import RCNA
from tests.support import image_systems, parity
from tests.support.image_systems import close, parameters, trained


@pytest.mark.parametrize("path", parity.each("systems/flow/net_rcn_a*.npz"))
@pytest.mark.parametrize(("case", "sizes"), [("a", (3, 32, 5)), ("b", (4, 64, 7))])
def test_published_outputs_and_training(path: Path, case: str, sizes: tuple[int, int, int]) -> None:
    file, system = np.load(path), RCNA(Annotated(), *sizes, dropout=0).eval()
    network = system.network
    network.load_state_dict(image_systems.weights(path.parent, f"rcn_a_{case}"))
    x = image_systems.images(file[f"x_{case}"])
    close(system(x), file[f"logits_{case}"], 1e-5)
    close(network.attention(network.stem(x)), file[f"attention_{case}"], 1e-5)
    if f"y_{case}" in file:
        loss = trained(system, (x, torch.from_numpy(file[f"y_{case}"])))["loss"]
        np.testing.assert_allclose(loss, file[f"loss_{case}"], atol=1e-4)
        close(system(x), file[f"logits_{case}_after_4_steps"], 1e-4)


@pytest.mark.parametrize(
    ("sizes", "counts"),
    [((32, 5), (15_331, 16_132, 18_535)), ((64, 7), (55_747, 58_884, 68_295))],
)
def test_published_numbers_of_parameters(
    sizes: tuple[int, int], counts: tuple[int, int, int]
) -> None:
    for emotions, count in zip((3, 4, 7), counts, strict=True):
        assert parameters(RCNA(Annotated(), emotions, *sizes)) == count


def test_constant_maps_have_attention_1_and_gradients() -> None:
    network = RCNA(Annotated()).network
    attention = network.attention(torch.zeros(2, 32, 12, 12))
    assert torch.equal(attention, torch.ones(2, 1, 5, 5))
    attention.sum().backward()
    assert network.classifier.weight.grad.isfinite().all()


def test_the_learning_rate_is_halved_every_ten_epochs() -> None:
    made = RCNA(Annotated()).configure_optimizers()
    optimizer, schedule = made["optimizer"], made["lr_scheduler"]
    rates = []
    for _ in range(21):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates == [5e-4] * 10 + [2.5e-4] * 10 + [1.25e-4]


def test_it_learns() -> None:
    images = 255 * image_systems.random(4, 3, 60, 60)
    image_systems.learns(lambda: RCNA(Annotated(), dropout=0), images, torch.arange(4))
