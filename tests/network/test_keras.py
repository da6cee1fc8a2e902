"""Keras' conventions where torch has others."""

import numpy as np
import torch
from torch import nn

from metst.network import keras
from metst.network.convolution import Convolution


def test_adam_as_keras_documents_it() -> None:
    weight = nn.Parameter(torch.tensor([1.0, 1.0]))
    other = nn.Parameter(torch.tensor(1.0))  # joins later, with fresh moments
    optimizer = keras.Adam([weight, other], lr=0.1)
    gradients = np.array([[1e-7, 2.0], [3e-7, -1.0], [-2e-7, 0.5]])
    expected, m, v = np.ones(2), np.zeros(2), np.zeros(2)
    for t, gradient in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        rate = 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        expected = expected - rate * m / (np.sqrt(v) + 1e-7)
        weight.grad = torch.tensor(gradient, dtype=torch.float32)
        optimizer.step()
        np.testing.assert_allclose(weight.detach(), expected, rtol=1e-5)
    weight.grad, before = None, weight.detach().clone()
    other.grad = torch.tensor(1e-7)
    optimizer.step()
    rate = 0.1 * np.sqrt(0.001) / 0.1
    np.testing.assert_allclose(other.item(), 1 - rate * 1e-8 / (np.sqrt(1e-17) + 1e-7), rtol=1e-5)
    assert torch.equal(weight.detach(), before)


def test_pixels_are_flattened_with_channels_last() -> None:
    x = torch.arange(12.0).reshape(1, 3, 2, 2)  # channel, row, column
    assert keras.Flatten()(x)[0, :4].tolist() == [0, 4, 8, 1]


def test_penalty_and_initialization_take_kernels_apart_from_biases() -> None:
    network = nn.Sequential(Convolution(2, 4, 3), keras.norm(4), nn.Linear(4, 1))
    keras.initialize(network)
    convolution, norm, linear = network
    assert not convolution.bias.any()
    assert not linear.bias.any()
    bound = (6 / (9 * 2 + 9 * 4)) ** 0.5
    assert 0.5 * bound < convolution.weight.abs().max() <= bound
    nn.init.ones_(convolution.weight)
    nn.init.constant_(linear.weight, 2.0)
    assert keras.l2(network).item() == 9 * 2 * 4 + 4 * 4
    assert (norm.momentum, norm.eps) == (0.01, 1e-3)
