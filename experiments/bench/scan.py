"""Selective scan, forward and backward: every backend that works against a plain-torch scan.

    OMP_WAIT_POLICY=PASSIVE python -m experiments.bench.scan [--threads 2] [--rounds 15]
    python -m experiments.bench.scan --device cuda

Each round times every implementation once, in turn, so that a busy machine slows all of them;
ratios are of the fastest rounds, which other programs disturb least.

Shapes: B batch, T frames, I channels, N states.
"""

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor

from metst.network.scan import probe, selective_scan
from metst.network.scan.backends import Inputs, example_inputs

Scan = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]

SHAPES = (
    (32, 50, 128, 64),  # the released configuration
    (32, 50, 128, 16),
    (32, 50, 32, 64),
    (32, 50, 64, 16),  # the demo's network
    (256, 50, 128, 64),
    (1, 2700, 128, 64),  # a whole video
)


def stepwise(u: Tensor, delta: Tensor, A: Tensor, B: Tensor, C: Tensor, D: Tensor) -> Tensor:  # noqa: N803
    """Frame by frame, nothing materialized over time: the best that plain torch does."""
    h = u.new_zeros(u.shape[0], *A.shape)
    drive = delta * u
    outputs = []
    for step, x, b, c in zip(*(z.unbind(1) for z in (delta, drive, B, C)), strict=True):
        h = torch.exp(step[..., None] * A) * h + x[..., None] * b[:, None]  # (B, I, N)
        outputs.append((h @ c[..., None]).squeeze(-1))  # (B, I, N) -> (B, I)
    return torch.stack(outputs, dim=1) + D * u


def backend(name: str) -> Scan:
    """One of our own, by name."""

    def scan(*inputs: Tensor) -> Tensor:
        y = selective_scan(*inputs, backend=name)
        assert isinstance(y, Tensor)
        return y

    return scan


def now(device: torch.device) -> float:
    """Seconds on a clock, once the device has finished its work."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def seconds(scan: Scan, inputs: Inputs) -> tuple[float, float]:
    """Forward and backward once."""
    leaves = [x.clone().requires_grad_() for x in inputs]
    device = leaves[0].device
    start = now(device)
    y = scan(*leaves)
    middle = now(device)
    y.backward(torch.ones_like(y))
    return middle - start, now(device) - middle


def compare(scans: dict[str, Scan], inputs: Inputs, rounds: int) -> dict[str, tuple[float, float]]:
    """Fastest forward and backward seconds of each, after one untimed run."""
    for scan in scans.values():
        seconds(scan, inputs)
    times = [{name: seconds(scan, inputs) for name, scan in scans.items()} for _ in range(rounds)]
    return {
        name: (min(t[name][0] for t in times), min(t[name][1] for t in times)) for name in scans
    }


def main() -> None:
    """Time all shapes and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    ours = [p.name for p in probe(args.device) if p.works and p.name != "reference"]
    print(f"threads {args.threads}, rounds {args.rounds}, float32, fastest rounds")
    for shape in SHAPES:
        scans: dict[str, Scan] = {name: backend(name) for name in ours} | {"stepwise": stepwise}
        result = compare(scans, example_inputs(args.device, *shape), args.rounds)
        print("B {}, T {}, I {}, N {}".format(*shape))
        best = min(sum(result[name]) for name in ours) if ours else float("nan")
        for name, (forward, backward) in result.items():
            both = forward + backward
            print(
                f"  {name:10} forward {forward * 1e3:9.2f} ms  backward {backward * 1e3:9.2f} ms  "
                f"{both / best:7.1f} x ours"
            )


if __name__ == "__main__":
    main()
