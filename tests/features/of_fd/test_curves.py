"""OF-FD's curves, candidates and intervals, against numbers of the authors' code."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from metst.features.of_fd.constants import CAS, CONSTANTS
from metst.features.of_fd.curves import candidates, curves_of, divided, expanded, spot
from metst.features.of_fd.emd import without_trend
from metst.features.of_fd.merging import merged, merged_twice, of_video, step
from metst.features.of_fd.segments import Segment, segments
from tests.support import parity

SAMM = CONSTANTS["samm"]
CURVES = pytest.mark.parametrize("path", parity.each("systems/spot/offd_curves*.json"))

Arrays = dict[str, NDArray[Any]]


def read(path: Path) -> tuple[Any, Arrays]:
    """A file and the arrays beside it."""
    with np.load(path.with_suffix(".npz"), allow_pickle=False) as arrays:
        return json.loads(path.read_text()), dict(arrays)


def pairs(spans: list[list[int]]) -> list[tuple[int, int]]:
    return [(start, end) for start, end in spans]


@CURVES
def test_published_steps(path: Path) -> None:
    content, arrays = read(path)
    for case in content["stages"]:
        curves = curves_of(arrays[f"uv{case['id']}"])
        np.testing.assert_allclose(curves.smooth, arrays[f"x{case['id']}"], rtol=0, atol=1e-5)
        np.testing.assert_allclose(curves.fast, arrays[f"emd{case['id']}"], rtol=0, atol=1e-5)
        first = candidates(curves, CAS, case["t"])
        wide = expanded(first, curves.smooth, CAS)
        assert first == pairs(case["candidates"])
        assert wide == pairs(case["expanded"])
        found = spot(curves, CAS, case["t"])
        assert found == [part for span in wide for part in divided(span, curves.smooth, CAS)]
        assert found == pairs(case["divided"])


@CURVES
def test_published_merging(path: Path) -> None:
    for case in read(path)[0]["merge"]:
        spans, least = pairs(case["input"]), case["threshold"]
        assert [(0, 0), *merged(spans, least)] == pairs(case["once"])
        assert [(0, 0), (0, 0), *merged_twice(spans, least)] == pairs(case["twice"])


@CURVES
def test_published_intervals_of_given_segments(path: Path) -> None:
    content, arrays = read(path)
    for video in content["videos"]:
        spans = []
        for number, (start, _) in enumerate(video["segments"]):
            motion = arrays[f"{video['kind']}{video['video']}_{number}"]
            spans += Segment(start, tuple(curves_of(roi) for roi in motion)).spans(CAS)
        assert of_video(spans, CAS) == pairs(video["intervals"])


@pytest.mark.parametrize("path", parity.each("systems/spot/offd_segments*.json"))
def test_published_segments(path: Path) -> None:
    content, arrays = read(path)
    for video in content:
        asked = []

        def motion_of(start: int, end: int) -> NDArray[Any]:
            asked.append((start, end))  # noqa: B023 - called in this turn
            return arrays[f"v{video['video']}_{start}_{end}"]  # noqa: B023

        parts = list(segments(video["frames"], motion_of, SAMM))
        assert asked == pairs(video["segments"])
        found = of_video([span for part in parts for span in part.spans(SAMM)], SAMM)
        assert found == pairs(video["intervals"])


def test_the_trend_is_the_last_component() -> None:
    time = np.arange(150.0)
    fast = np.sin(time / 3)
    np.testing.assert_allclose(without_trend(fast + 0.02 * time)[20:-20], fast[20:-20], atol=0.05)
    for monotone in (time, -(time**2), np.zeros(20)):
        assert not without_trend(monotone).any()


def bump(length: int, *peaks: tuple[int, float]) -> NDArray[np.float64]:
    """Displacement (length, 2) to the right, twelve frames wide at each peak."""
    time = np.arange(length)
    right = sum(height * np.exp(-(((time - at) / 6) ** 2)) for at, height in peaks)
    return np.stack([right, np.zeros(length)], 1)


def test_a_short_displacement_is_found() -> None:
    ((start, end),) = spot(curves_of(bump(120, (60, 4))), SAMM, 1.65)
    assert 45 <= start + 1 < 60 < end + 1 <= 75
    assert spot(curves_of(bump(120, (60, 1.2))), SAMM, 1.65) == []
    assert spot(curves_of(bump(120, (60, 1.2))), SAMM.scaled(0.5), 0.8)


def test_two_peaks_are_divided() -> None:
    curves = curves_of(bump(120, (50, 4), (66, 4)))
    spans = divided((35, 80), curves.smooth, SAMM)
    assert [span[0] for span in spans] == [35, spans[0][1] + 2]
    assert divided((45, 60), curves.smooth, SAMM) == [(45, 60)]


@pytest.mark.parametrize(
    ("hits", "frames"),
    [
        ([], 100),
        ([(100, 120), (20, 100)], 100),
        ([(90, 120)], 140),
        ([(80, 160)], 60),
        ([(40, 160)], 170),
        ([(40, 195), (99, 101)], 121),
    ],
)
def test_no_segment_begins_in_an_interval(hits: list[tuple[int, int]], frames: int) -> None:
    assert step(hits) == frames


@pytest.mark.parametrize("frames", [0, 3, 5, 7, 150, 199, 200, 201, 399, 400, 450])
def test_segments_reach_the_end(frames: int) -> None:
    def still(start: int, end: int) -> NDArray[np.float64]:
        return np.zeros((2, end - start, 2))

    parts = list(segments(frames, still, SAMM))
    assert bool(parts) == (frames >= 6)
    ends = [part.start + len(part.curves[0].smooth) + 2 for part in parts]
    assert not parts or ends[-1] in (frames, frames - 2)
    assert all(end == part.start + 200 for part, end in zip(parts[:-1], ends, strict=False))
