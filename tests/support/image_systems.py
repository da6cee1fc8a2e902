"""Systems on flow images: published weights, drawn from recipes by name, and a few steps."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import torch
from torch import Tensor
from torch.nn import Module

Weights = dict[str, Tensor]

KERAS = {"kernel": "weight", "gamma": "weight", "beta": "bias", "bias": "bias"} | {
    f"moving_{statistic}": f"running_{short}"
    for statistic, short in (("mean", "mean"), ("variance", "var"))
}


def weights(folder: Path, recipe: str) -> Weights:
    """Tensors of a recipe under their published names, in their published layout."""
    read = json.loads((folder / "recipes.json").read_text())[recipe]
    return {
        name: torch.tensor(7) if kind == "count" else drawn(read["seed"], name, shape, low, high)
        for name, shape, low, high, kind in read["tensors"]
    }


def from_keras(published: Weights, places: dict[str, str]) -> Weights:
    """A state dict of ours from Keras' tensors; `places` maps its layers to our modules."""
    state = {}
    for name, tensor in published.items():
        layer, leaf = name.split("/")
        order = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[tensor.ndim]  # inputs and outputs last
        state[f"{places[layer]}.{KERAS[leaf]}"] = tensor.permute(order)
    return state


def images(array: np.ndarray) -> Tensor:
    """Images (B, H, W, C) of the files as our batches: float32 (B, C, H, W)."""
    return torch.from_numpy(array).permute(0, 3, 1, 2).float()


def drawn(seed: int, name: str, shape: list[int], low: float, high: float) -> Tensor:
    """Uniform numbers that follow from seed and name."""
    draws = np.random.RandomState(crc32(f"{seed}:{name}".encode())).random_sample(shape)
    return torch.from_numpy((low + (high - low) * draws).astype(np.float32))


def trained(system: Any, batch: tuple[Tensor, ...], steps: int = 4) -> dict[str, np.ndarray]:  # noqa: ANN401
    """Train on one batch again and again, as Lightning does; what was logged, (steps,) by name."""
    logged: dict[str, list[float]] = {}
    system.log = lambda name, value, **_: logged.setdefault(name, []).append(float(value.detach()))
    system.log_dict = lambda values, **_: [system.log(*pair) for pair in values.items()]
    made = system.configure_optimizers()
    optimizer = made["optimizer"] if isinstance(made, dict) else made

    def closure() -> Tensor:
        loss: Tensor = system.training_step(batch, 0)
        optimizer.zero_grad()
        loss.backward()
        return loss

    system.train()
    for _ in range(steps):
        optimizer.step(closure)
    system.eval()
    return {name: np.array(values) for name, values in logged.items()}


def learns(make: Callable[[], Any], *batch: Tensor) -> None:
    """A system's loss falls, and the same seed leads to the same weights."""
    states = []
    for _ in range(2):
        torch.manual_seed(3)
        system = make()
        loss = trained(system, batch, steps=6)["loss"]
        assert np.isfinite(loss).all()
        assert loss[-1] < loss[0]
        states.append(system.state_dict())
    for name, tensor in states[0].items():
        assert torch.equal(tensor, states[1][name]), name


def random(*shape: int) -> Tensor:
    """Numbers in 0..1, the same at every call."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(1))


def parameters(module: Module) -> int:
    """How many numbers are trained."""
    return sum(p.numel() for p in module.parameters())


def close(found: Tensor, expected: np.ndarray, tolerance: float) -> None:
    """Fail where outputs differ by more than `tolerance`."""
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=0, atol=tolerance)
