"""The stand-in for AlexNet."""

import pytest
import torch

from metst.systems.alexnet import AlexNet
from metst.systems.annotated import Annotated
from tests.support import image_systems
from tests.support.image_systems import parameters, trained


@pytest.mark.parametrize(("emotions", "count"), [(3, 57_016_131), (4, 57_020_228), (7, 57_032_519)])
def test_numbers_of_parameters(emotions: int, count: int) -> None:
    with torch.device("meta"):
        assert parameters(AlexNet(Annotated(), emotions)) == count


@pytest.mark.slow
def test_it_learns_from_the_smallest_images() -> None:
    torch.manual_seed(3)
    system = AlexNet(Annotated(), lr=5e-6, dropout=0)  # the published rate is for larger batches
    loss = trained(system, (255 * image_systems.random(2, 3, 63, 63), torch.tensor([0, 3])), 2)
    assert loss["loss"][1] < loss["loss"][0]
