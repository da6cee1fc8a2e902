"""Regions and areas, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.regions import Around, Margins, Region
from metst.features.roi_flow.rois import ME_TST_ROIS, Roi
from tests.support.faces import template


def test_channels_follow_the_rois() -> None:
    assert ME_TST_ROIS.channels == 2 * len(ME_TST_ROIS.rois) == 10
    assert [roi.name for roi in ME_TST_ROIS.rois][:3] == ["left brow", "right brow", "mouth"]


def test_a_region_spans_its_landmarks_and_its_margins() -> None:
    points = np.zeros((68, 2), np.int64)
    points[5:8] = (30, 50), (40, 45), (35, 60)  # x, y
    box = Region(5, 7, top=1, bottom=2, left=3, right=4).box(points)
    assert box == Box(top=44, bottom=62, left=27, right=44)


@pytest.mark.parametrize(
    ("outer", "low_bottom", "expected"),
    [
        (Box(50, 90, 20, 80), None, Box(10, 30, 10, 50)),
        (Box(-4, 36, 20, 80), None, Box(6, 26, 10, 50)),  # 4 rows cut off: 6 left of the margin
        (Box(-14, 26, 20, 80), None, Box(0, 16, 10, 50)),  # more than the margin cut off
        (Box(50, 72, 20, 80), 4, Box(10, 18, 10, 50)),  # 22 - 3 < 20: the low bottom margin
        (Box(50, 73, 20, 80), 4, Box(10, 13, 10, 50)),  # 23 - 3 = 20: the usual one
    ],
)
def test_margins(outer: Box, low_bottom: int | None, expected: Box) -> None:
    margins = Margins(10, 10, 10, 10, low_bottom)
    assert margins.area(outer, outer.clip(320, 320), template()) == expected


@pytest.mark.parametrize(
    ("outer", "expected"),
    [
        (Box(100, 160, 50, 150), Box(30, 55, 30, 60)),
        # 10 columns cut off on the left: the area lies 10 too far to the right, as published
        (Box(100, 160, -10, 150), Box(30, 55, 90, 120)),
        # 10 rows cut off at the top: the area stays at its landmark
        (Box(-10, 160, 50, 150), Box(130, 155, 30, 60)),
    ],
)
def test_around_a_landmark(outer: Box, expected: Box) -> None:
    points = template()
    points[31] = (100, 150)
    around = Around(31, up=20, down=5, left=20, right=10)
    assert around.area(outer, outer.clip(320, 320), points) == expected


@given(arrays(np.int64, (68, 2), elements=st.integers(-500, 900)))
def test_areas_are_inside_their_regions_wherever_the_landmarks_are(points: np.ndarray) -> None:
    for roi in (*ME_TST_ROIS.rois, ME_TST_ROIS.reference):
        check_inside(roi, points)


def check_inside(roi: Roi, points: np.ndarray) -> None:
    inside = roi.region.box(points).clip(320, 320)
    area = roi.area(inside, points)
    if not area.empty:
        assert not inside.empty
        assert 0 <= area.top < area.bottom <= inside.height
        assert 0 <= area.left < area.right <= inside.width
