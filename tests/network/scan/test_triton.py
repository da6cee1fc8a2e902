"""The CUDA kernels: in Triton's interpreter, compiled without a GPU, and on one where there is one.

Run as a program with TRITON_INTERPRET=1, which must be set before Triton is imported, it checks the
kernels on the CPU.
"""

import importlib
import os
import subprocess
import sys

import pytest
import torch
from torch import Tensor

from metst.network.scan import choose, reference, selective_scan, triton
from metst.network.scan.backends import example_inputs

CPU = torch.device("cpu")
TOLERANCE = 1e-4  # relative, norm by norm, against float64

SHAPES = ((1, 1, 1, 1), (2, 5, 3, 2), (1, 33, 20, 5), (2, 65, 2, 64))  # B, T, I, N


def check(device: torch.device, shape: tuple[int, int, int, int], given: bool) -> None:
    """Outputs and all gradients; `given`: an initial state and a gradient of the last one."""
    inputs = example_inputs(device, *shape)
    rng = torch.Generator().manual_seed(1)
    batch, _, inner, states = shape
    initial, grad_state = torch.randn(2, batch, inner, states, generator=rng).to(device).unbind()
    grad = torch.randn(inputs[0].shape, generator=rng).to(device)
    strided = grad.transpose(0, 1).contiguous().transpose(0, 1)
    start, last = (initial, grad_state) if given else (None, None)
    found = (
        *triton.forward(*inputs, start),
        *triton.backward(strided, last, *inputs, start),
    )
    double = [x.double() for x in inputs]
    wide_start, wide_last = (None if x is None else x.double() for x in (start, last))
    expected = (
        *reference.forward(*double, wide_start),
        *reference.backward(grad.double(), wide_last, *double, wide_start),
    )
    for index, (one, other) in enumerate(zip(found, expected, strict=True)):
        assert one.dtype == torch.float32
        assert relative_error(one, other) <= TOLERANCE, (index, shape, given)


def relative_error(found: Tensor, expected: Tensor) -> float:
    """Of the whole tensor; absolute where zero is expected."""
    size = float(expected.norm())
    return float((found - expected).norm()) / (size or 1)


def main() -> None:
    """Everything that the interpreter can show."""
    assert triton.obstacle(CPU, torch.float32) is None
    assert choose("triton", CPU, torch.float32).name == "triton"
    assert choose("auto", CPU, torch.float32).name == "cpu"  # an interpreter is not fast
    for shape in SHAPES:
        for given in (False, True):
            check(CPU, shape, given)
    leaves = [x.requires_grad_() for x in example_inputs(CPU, 1, 4, 3, 2)]
    y = selective_scan(*leaves, backend="triton")
    assert isinstance(y, Tensor)
    assert all(g.isfinite().all() for g in torch.autograd.grad(y.sum(), leaves))


def test_in_the_interpreter() -> None:
    pytest.importorskip("triton", reason="triton is not installed")
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    command = [sys.executable, __file__]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("ones", [False, True])  # Triton compiles sizes of 1 as constants
@pytest.mark.parametrize("name", ["forward", "backward"])
def test_compiles_for_a_gpu_without_one(name: str, ones: bool) -> None:
    pytest.importorskip("triton", reason="triton is not installed")
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource, compile  # noqa: A004

    from metst.network.scan import triton_kernels

    kernel = getattr(triton_kernels, name)
    constants = triton_kernels.tile(1 if ones else 64)
    warps = constants.pop("num_warps")
    if name == "backward":
        constants["SPAN"] = triton_kernels.SPAN
    sizes = ("batch", "frames", "inner", "states")
    if ones:
        constants |= {n: 1 for n in sizes if n in kernel.arg_names}
    kinds = {
        n: "constexpr" if n in constants else "i32" if n in sizes else "*fp32"
        for n in kernel.arg_names
    }
    source = ASTSource(fn=kernel, signature=kinds, constexprs=constants)
    made = compile(source, target=GPUTarget("cuda", 80, 32), options={"num_warps": warps})
    assert made.asm["cubin"]
    assert "atom" not in made.asm["ptx"]  # sums in no fixed order


def test_without_triton_it_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "metst.network.scan.triton_kernels", None)
    monkeypatch.delattr("metst.network.scan.triton_kernels", raising=False)
    triton._running_obstacle.cache_clear()
    assert "CUDA builds of torch bring it" in str(triton._running_obstacle(CPU))
    triton._running_obstacle.cache_clear()


def test_obstacles() -> None:
    assert "CUDA device" in str(triton.obstacle(CPU, torch.float32))
    cuda = torch.device("cuda")
    assert "float32 only" in str(triton.obstacle(cuda, torch.float64))


@pytest.mark.gpu
@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("shape", [*SHAPES, (32, 50, 128, 64), (1, 2700, 64, 16)])
def test_on_a_gpu(shape: tuple[int, int, int, int], given: bool) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    check(torch.device("cuda"), shape, given)


@pytest.mark.gpu
def test_same_bits_again_on_a_gpu() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    inputs = example_inputs(torch.device("cuda"), 32, 50, 128, 64)
    grad = torch.cos(inputs[0])
    runs = [triton.backward(grad, None, *inputs, None) for _ in range(3)]
    for run in runs[1:]:
        assert all(torch.equal(one, other) for one, other in zip(run, runs[0], strict=True))


if __name__ == "__main__":
    importlib.import_module("triton")
    main()
