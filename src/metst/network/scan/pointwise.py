"""What a mixer computes channel by channel around its scan, fused where our CPU kernels work.

Shapes: B batch, T frames, I inner channels. Elsewhere (other devices and dtypes, other backends, a
number of channels that does not fill the kernels' vectors) it is plain torch.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from metst.network.scan import cpu


def causal_silu(x: Tensor, weight: Tensor, bias: Tensor, lead: int = 0, *, backend: str) -> Tensor:
    """Silu of a depthwise convolution over the present frame and those before it.

    Args:
        x: inputs (B, lead + T, I); zeros are taken for the frames before them.
        weight: (I, taps), the oldest frame's first.
        bias: (I,).
        lead: frames of `x` that only serve as the past of those after them.
        backend: of the scan.

    Returns:
        (B, T, I).
    """
    if _fused(x, backend):
        y: Tensor = torch.ops.metst.causal_silu(x, weight, bias, lead)
        return y
    taps, frames = weight.shape[1], x.shape[1] - lead
    x = functional.pad(x, (0, 0, taps - 1 - lead, 0))  # (B, lead + T, I) -> (B, T + taps - 1, I)
    y = bias  # a sum of shifted products: on the CPU faster than torch's grouped convolution
    for tap, w in enumerate(weight.unbind(1)):
        y = torch.addcmul(y, x[:, tap : tap + frames], w)
    return functional.silu(y)


def gated(y: Tensor, z: Tensor, *, backend: str) -> Tensor:
    """The product y * silu(z), all (B, T, I)."""
    if _fused(y, backend):
        out: Tensor = torch.ops.metst.gate(y, z)
        return out
    return y * functional.silu(z)


def _fused(x: Tensor, backend: str) -> bool:
    if backend not in ("auto", "cpu") or x.device.type != "cpu" or x.dtype != torch.float32:
        return False
    fits: bool = _fits(x.shape[2])
    return fits


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator]
def _fits(inner: int) -> bool:
    """Whether the kernels work here, for so many channels."""
    if cpu.obstacle(torch.device("cpu"), torch.float32) is not None:
        return False
    from metst.base import simd

    return inner % simd.LANES == 0


@torch.library.custom_op("metst::causal_silu", mutates_args=())
def _causal_silu(x: Tensor, weight: Tensor, bias: Tensor, lead: int) -> Tensor:
    return cpu.activate(x, weight, bias, lead)


@_causal_silu.register_fake
def _(x: Tensor, weight: Tensor, bias: Tensor, lead: int) -> Tensor:  # noqa: ARG001
    return x.new_empty(x.shape[0], x.shape[1] - lead, x.shape[2])


@torch.library.custom_op("metst::causal_silu_backward", mutates_args=())
def _causal_silu_backward(
    grad: Tensor, x: Tensor, weight: Tensor, bias: Tensor, lead: int
) -> tuple[Tensor, Tensor, Tensor]:
    return cpu.activate_backward(grad, x, weight, bias, lead)


@_causal_silu_backward.register_fake
def _(
    grad: Tensor,  # noqa: ARG001
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    lead: int,  # noqa: ARG001
) -> tuple[Tensor, Tensor, Tensor]:
    return x.new_empty(x.shape), weight.new_empty(weight.shape), bias.new_empty(bias.shape)


@torch.library.custom_op("metst::gate", mutates_args=())
def _gate(y: Tensor, z: Tensor) -> Tensor:
    return cpu.gate(y, z)


@_gate.register_fake
def _(y: Tensor, z: Tensor) -> Tensor:  # noqa: ARG001
    return y.new_empty(y.shape)


@torch.library.custom_op("metst::gate_backward", mutates_args=())
def _gate_backward(grad: Tensor, y: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
    return cpu.gate_backward(grad, y, z)


@_gate_backward.register_fake
def _(grad: Tensor, y: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ARG001
    return y.new_empty(y.shape), z.new_empty(z.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ANN401, ARG001
    tensors = [x for x in inputs if isinstance(x, Tensor)]
    ctx.save_for_backward(*tensors)
    ctx.rest = inputs[len(tensors) :]


def _causal_silu_gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
    gradients = torch.ops.metst.causal_silu_backward(grad, *ctx.saved_tensors, *ctx.rest)
    return (*gradients, None)


def _gate_gradients(ctx: Any, grad: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
    return tuple(torch.ops.metst.gate_backward(grad, *ctx.saved_tensors))


_causal_silu.register_autograd(_causal_silu_gradients, setup_context=_keep)
_gate.register_autograd(_gate_gradients, setup_context=_keep)
