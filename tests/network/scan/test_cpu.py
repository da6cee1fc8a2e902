"""The number of threads changes no bit of the scan."""

import pytest
import torch

from metst.network.scan import cpu
from metst.network.scan.backends import example_inputs
from tests.support.threads import torch_threads


@pytest.mark.parametrize("batch", [3, 40])  # fewer and more samples than threads need
@pytest.mark.parametrize("inner", [5, 64, 130])
def test_number_of_threads_changes_no_bit(batch: int, inner: int) -> None:
    inputs = example_inputs(torch.device("cpu"), batch, 70, inner, 3)
    grad = torch.cos(inputs[0])
    results = []
    for threads in (1, 2, 3):
        with torch_threads(threads):
            y, state = cpu.forward(*inputs, None)
            results.append([y, state, *cpu.backward(grad, state, *inputs, None)])
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            assert torch.equal(one, two)
