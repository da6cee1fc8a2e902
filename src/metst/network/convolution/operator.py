"""The kernels as an operator of torch, with gradients.

Shapes: B images, I input and O output channels, H x W pixels, K x K taps.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.flop_counter import conv_flop_count, register_flop_formula

from metst.base.cpu import share


@torch.library.custom_op("metst::convolve", mutates_args=())
def convolve(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolution (B, O, H, W) of float32 images (B, I, H, W) on the CPU.

    Args:
        x: images.
        weight: (O, I, K, K), K odd.
        bias: (O,).
    """
    from metst.network.convolution import kernels

    y = np.empty((len(x), len(weight), *x.shape[2:]), np.float32)
    arrays = [t.detach().contiguous().numpy() for t in (x, weight, bias)]
    share(kernels.convolve, [*arrays, y], len(x))
    return torch.from_numpy(y)


@torch.library.custom_op("metst::convolve_weights", mutates_args=())
def _weights(x: Tensor, grad: Tensor, size: int) -> Tensor:
    """Gradient (O, I, K, K) of the weights; that of each image by itself, then their sum."""
    from metst.network.convolution import kernels

    count = x.shape[1] * size * size
    room = -(-count // kernels.TAPS) * kernels.TAPS
    each = np.empty((len(x), grad.shape[1], room), np.float32)
    arrays = [t.detach().contiguous().numpy() for t in (x, grad)]
    share(kernels.weigh, [*arrays, size, each], len(x))
    total = torch.from_numpy(each.sum(0)[:, :count].copy())
    return total.reshape(grad.shape[1], x.shape[1], size, size)


@convolve.register_fake
def _(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:  # noqa: ARG001
    return x.new_empty(len(x), len(weight), *x.shape[2:])


@_weights.register_fake
def _(x: Tensor, grad: Tensor, size: int) -> Tensor:
    return x.new_empty(grad.shape[1], x.shape[1], size, size)


def _keep(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:  # noqa: ANN401, ARG001
    ctx.save_for_backward(*inputs[:2])


def _gradients(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
    """Of the images the gradient is a convolution too, by the weights turned by 180 degrees."""
    x, weight = ctx.saved_tensors
    of_images, of_weights, of_bias = ctx.needs_input_grad
    dx = dweight = None
    if of_images:
        turned = weight.flip(2, 3).transpose(0, 1).contiguous()
        dx = convolve(grad, turned, grad.new_zeros(x.shape[1]))
    if of_weights:
        dweight = _weights(x, grad, weight.shape[2])
    return dx, dweight, grad.sum((0, 2, 3)) if of_bias else None


convolve.register_autograd(_gradients, setup_context=_keep)


@register_flop_formula(torch.ops.metst.convolve)
def _flops(x: Any, weight: Any, *_: Any, out_shape: Any, **__: Any) -> int:  # noqa: ANN401
    return conv_flop_count(x, weight, out_shape)
