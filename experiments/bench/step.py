"""A whole training step of METST with our scan and with a plain-torch scan in its place.

    OMP_WAIT_POLICY=PASSIVE python -m experiments.bench.step [--threads 2] [--rounds 5]
    python -m experiments.bench.step --device cuda

Adam, MSE on both outputs, B 32, T 50. Rounds interleave the scans; ratios are of the fastest.
Also the evaluation of shared against separate pathways.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch
from torch import Tensor

from experiments.bench.scan import Scan, now, stepwise
from metst.systems.me_tst.network import METST

BATCH, FRAMES = 32, 50
CONFIGS: dict[str, dict[str, int]] = {
    "released": {},
    "demo": {"width": 32, "depth": 4, "state": 16},
}


@contextmanager
def using(scan: Scan | None) -> Iterator[None]:
    """Have the networks compute their scans with `scan`; None leaves them theirs."""
    if scan is None:
        yield
        return

    def stand_in(*inputs: Tensor, **_: object) -> tuple[Tensor, None]:
        return scan(*inputs), None

    with patch("metst.network.mixer.selective_scan", stand_in):
        yield


def step_seconds(network: METST, optimizer: torch.optim.Optimizer, flow: Tensor) -> float:
    """One forward, backward and update."""
    start = now(flow.device)
    score, logits = network(flow)
    (score.square().mean() + logits.square().mean()).backward()
    optimizer.step()
    optimizer.zero_grad()
    return now(flow.device) - start


def example_flow(device: torch.device) -> Tensor:
    """A batch of windows, always the same."""
    flow = torch.randn(BATCH, 10, FRAMES, generator=torch.Generator().manual_seed(0))
    return flow.to(device)


def time_steps(config: dict[str, int], device: torch.device, rounds: int) -> None:
    """Print the fastest of a configuration's training steps."""
    network = METST(**config).to(device)  # type: ignore[arg-type]
    optimizer = torch.optim.Adam(network.parameters(), 1e-4, fused=True)
    flow = example_flow(device)
    scans: dict[str, Scan | None] = {"ours": None, "stepwise": stepwise}
    step_seconds(network, optimizer, flow)  # compiles
    times: dict[str, list[float]] = {name: [] for name in scans}
    for _ in range(rounds):
        for name, scan in scans.items():
            with using(scan):
                times[name].append(step_seconds(network, optimizer, flow))
    ours = min(times["ours"])
    for name, values in times.items():
        print(f"  step, {name:9} {min(values) * 1e3:9.1f} ms  {min(values) / ours:6.1f} x ours")


def time_pathways(config: dict[str, int], device: torch.device, rounds: int) -> None:
    """Print how evaluation with shared pathways compares with separate ones."""
    flow = example_flow(device)
    networks = {
        p: METST(**config, pathways=p).eval().to(device)  # type: ignore[arg-type]
        for p in ("separate", "shared")
    }
    times: dict[str, list[float]] = {name: [] for name in networks}
    with torch.no_grad():
        for _ in range(4 * rounds):
            for name, network in networks.items():
                start = now(device)
                network(flow)
                times[name].append(now(device) - start)
    separate, shared = (min(times[p]) for p in ("separate", "shared"))
    print(f"  eval, separate {separate * 1e3:.1f} ms, shared {shared * 1e3:.1f} ms")
    print(f"  shared / separate {shared / separate:.2f}")


def main() -> None:
    """Time both configurations."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    for name, config in CONFIGS.items():
        print(f"{name}: threads {args.threads}, rounds {args.rounds}")
        time_steps(config, args.device, args.rounds)
        time_pathways(config, args.device, args.rounds)


if __name__ == "__main__":
    main()
