"""Dual-Inception, the documented relative of FeatRef."""

import torch

from metst.systems.annotated import Annotated
from metst.systems.dual_inception import DualInception
from tests.support import image_systems
from tests.support.image_systems import parameters


def test_published_number_of_parameters() -> None:
    assert parameters(DualInception(Annotated(), emotions=3)) == 6_449_963


def test_it_learns() -> None:
    images = 255 * image_systems.random(3, 2, 28, 28)
    image_systems.learns(lambda: DualInception(Annotated()), images, torch.arange(3))


def test_both_images_matter() -> None:
    network = DualInception(Annotated()).network
    images = 255 * image_systems.random(1, 2, 28, 28)
    logits = network(images)
    for channel in range(2):
        changed = images.clone()
        changed[:, channel] = 0
        assert not torch.allclose(network(changed), logits)
