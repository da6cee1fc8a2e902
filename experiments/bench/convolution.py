"""Our convolution layer against torch's, forward and backward, and SFAMNet's training step.

    python -m experiments.bench.convolution

One core; of torch the faster of its two layouts of memory. The layers are those of the networks on
flow images, the first convolution of a network without the gradient of its images.
"""

import argparse
import time
from collections.abc import Callable

import torch
from torch import nn

from metst.network.convolution import Convolution
from metst.systems.sfamnet.network import Network

LAYERS = [(1, 3, 5, 42), (1, 5, 5, 42), (1, 8, 5, 42), (3, 3, 5, 42), (2, 1, 7, 42), (9, 8, 5, 14)]
"""Input and output channels, taps along a side, pixels along a side."""
BATCH = 256
ROUNDS = 5  # the fastest of so many is reported


def main() -> None:
    """One line per layer, then the network."""
    argparse.ArgumentParser("experiments.bench.convolution", description=__doc__).parse_args()
    torch.set_num_threads(1)
    for inputs, outputs, size, side in LAYERS:
        images = torch.randn(BATCH, inputs, side, side, requires_grad=inputs > 1)
        ours = Convolution(inputs, outputs, size)
        ours._few = True  # measured where it would leave the work to torch, too
        plain = nn.Conv2d(inputs, outputs, size, padding=size // 2)
        last = images.detach().to(memory_format=torch.channels_last).requires_grad_(inputs > 1)
        seconds = _seconds(ours, images)
        other = min(_seconds(plain, images), _seconds(plain, last))
        name = f"{inputs} -> {outputs}, {size} x {size}, {side} pixels"
        print(f"{name:28}{1e3 * seconds:7.1f} ms {other / seconds:6.1f} times")
    images, network = torch.randn(BATCH, 3, 42, 42), Network(4)
    seconds = _seconds(lambda x: torch.cat([y.flatten() for y in network(x)]), images)
    print(f"SFAMNet, forward and backward of {BATCH} images {1e3 * seconds:.0f} ms")


def _seconds(layer: Callable[[torch.Tensor], torch.Tensor], images: torch.Tensor) -> float:
    """The fastest forward and backward pass."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        y = layer(images)
        y.backward(torch.ones_like(y))
        fastest = min(fastest, time.process_time() - start)
    return fastest


if __name__ == "__main__":
    main()
