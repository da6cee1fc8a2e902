"""Memory of one fold: what a training step of the released configuration takes at its peak.

    python -m experiments.bench.worker_memory

`metst.runner.remote.FOLD_MEMORY` is this, rounded up, with room for the flow of a data set.
"""

import argparse
import resource
import sys

import lightning  # noqa: F401 - a worker has it loaded
import torch

from metst.base.executors.machine import GIB
from metst.systems.me_tst.network import METST

FRAMES = 50


def peak() -> float:
    """Largest resident size of this process so far, in GiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / GIB


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Peak memory of a worker.")
    parser.add_argument("--batch", type=int, default=256, help="windows, as in casme3.yaml")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"packages loaded  {peak():5.2f} GiB")
    network = METST(width=64, depth=12, state=64)  # the released configuration
    optimizer = torch.optim.Adam(network.parameters())
    flow = torch.randn(options.batch, 10, FRAMES, generator=torch.Generator().manual_seed(0))
    score, logits = network(flow)
    (score.square().mean() + logits.square().mean()).backward()
    optimizer.step()
    print(f"training step    {peak():5.2f} GiB")


if __name__ == "__main__":
    main()
