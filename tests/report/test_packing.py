"""Curves in a page: what is unpacked is what was packed, up to half a step."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.report.packing import pack


def unpacked(text: str, steps: list[float]) -> np.ndarray:
    """Byte by byte, as `pack` documents it."""
    data = zlib.decompress(base64.b64decode(text))
    count = len(data) // 2
    frames = count // len(steps)
    curves = []
    for row, step in enumerate(steps):
        level, curve = 0, []
        for place in range(row * frames, (row + 1) * frames):
            folded = data[place] + 256 * data[count + place]
            level += -(folded + 1) // 2 if folded % 2 else folded // 2
            curve.append(level * step)
        curves.append(curve)
    return np.array(curves)


@given(
    st.lists(st.lists(st.floats(-400, 400), min_size=5, max_size=5), min_size=1, max_size=4),
    st.sampled_from([1 / 32, 1 / 8, 1 / 200]),
)
def test_a_curve_comes_back_up_to_half_a_step(curves: list[list[float]], step: float) -> None:
    limit = (2**14 - 1) * step
    steps = [step] * len(curves)
    found = unpacked(pack([np.array(c) for c in curves], steps), steps)
    np.testing.assert_allclose(found, np.clip(curves, -limit, limit), atol=step / 2 + 1e-9)


def test_each_curve_has_its_own_step() -> None:
    curves = [np.array([0.1, 0.9]), np.array([3.0, -7.0])]
    found = unpacked(pack(curves, [0.1, 1.0]), [0.1, 1.0])
    np.testing.assert_allclose(found, curves, atol=1e-9)


def test_what_is_no_number_becomes_zero() -> None:
    assert unpacked(pack([np.array([1.0, np.nan, 1.0])], [1.0]), [1.0]).tolist() == [[1, 0, 1]]


def test_a_calm_curve_takes_little_room() -> None:
    generator = np.random.default_rng(0)
    calm, wild = (generator.normal(0, sigma, 2700) for sigma in (0.01, 10))
    sizes = [len(pack([curve], [1 / 8])) for curve in (calm, wild)]
    assert sizes[0] < sizes[1] / 10


def test_curves_of_a_video_have_one_length() -> None:
    with pytest.raises(ValueError, match="shape"):
        pack([np.zeros(3), np.zeros(4)], [1.0, 1.0])
