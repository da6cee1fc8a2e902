"""Our convolution against torch's, forward and backward, and where it leaves the work to torch."""

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from metst.base import cpu
from metst.network.convolution import Convolution, layer
from tests.support.threads import torch_threads

SHAPES = [
    (1, 3, 5, 42, 42),
    (3, 3, 5, 42, 42),
    (2, 1, 7, 42, 42),
    (1, 5, 3, 28, 28),
    (3, 2, 1, 5, 9),
]
"""I, O, K, H, W."""


def _outputs(convolution: nn.Conv2d, images: Tensor, grad: Tensor) -> list[Tensor]:
    """Outputs, gradients of images, weights and bias."""
    images = images.clone().requires_grad_()
    y = convolution(images)
    given = [images, *convolution.parameters()]
    return [y.detach(), *torch.autograd.grad(y, given, grad)]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_equals_torch_in_double_precision(
    shape: tuple[int, ...], bias: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, outputs, size, rows, columns = shape
    torch.manual_seed(0)
    ours = Convolution(inputs, outputs, size, bias=bias)
    plain = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=bias).double()
    plain.load_state_dict(ours.state_dict())
    images, grad = torch.randn(3, inputs, rows, columns), torch.randn(3, outputs, rows, columns)
    expected = _outputs(plain, images.double(), grad.double())
    monkeypatch.setattr(nn.Conv2d, "forward", None)  # it is ours that runs
    for got, wanted in zip(_outputs(ours, images, grad), expected, strict=True):
        torch.testing.assert_close(
            got.double(), wanted, rtol=1e-5, atol=1e-5 * float(wanted.abs().max())
        )


def test_takes_any_strides_and_no_images() -> None:
    ours = Convolution(1, 3, 5)
    images = torch.randn(4, 3, 20, 16).transpose(2, 3)
    torch.testing.assert_close(ours(images[:, 1:2]), ours(images[:, 1:2].contiguous()))
    assert ours(images[:0, :1]).shape == (0, 3, 16, 20)  # a video without samples


def test_number_of_threads_changes_no_bit() -> None:
    ours = Convolution(3, 3, 5)
    images, grad = torch.randn(7, 3, 42, 42), torch.randn(7, 3, 42, 42)
    results = []
    for threads in (1, 2, 3):
        with torch_threads(threads):
            results.append(_outputs(ours, images, grad))
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))


def test_many_channels_other_types_and_machines_without_numba_are_left_to_torch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layer, "convolve", None)
    assert Convolution(9, 8, 5)(torch.randn(1, 9, 14, 14)).shape == (1, 8, 14, 14)
    small = Convolution(1, 3, 5)
    assert small.double()(torch.randn(1, 1, 9, 9).double()).dtype == torch.float64
    monkeypatch.setattr(cpu, "_import_obstacle", lambda: "no numba here")
    assert small.float()(torch.randn(1, 1, 9, 9)).shape == (1, 3, 9, 9)


def test_its_operations_are_counted() -> None:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        Convolution(3, 3, 5)(torch.randn(2, 3, 10, 8))
    assert counter.get_total_flops() == 2 * (2 * 3 * 3 * 25 * 10 * 8)


def test_the_operators_keep_torchs_contract() -> None:
    images, grad = torch.randn(2, 2, 6, 7), torch.randn(2, 3, 6, 7)
    torch.library.opcheck(torch.ops.metst.convolve_weights, (images, grad, 3))
    weights = torch.randn(3, 2, 3, 3, requires_grad=True), torch.randn(3, requires_grad=True)
    torch.library.opcheck(torch.ops.metst.convolve, (images.requires_grad_(), *weights))
