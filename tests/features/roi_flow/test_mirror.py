"""The other side of each region, found by its landmarks."""

import pytest

from metst.base.errors import ConfigError
from metst.features.roi_flow import mirrored, roi_set
from tests.support.systems.wide import SEVEN


def pairs(name: str) -> set[tuple[str, str]]:
    rois = roi_set(name)
    return {(r.name, rois.rois[i].name) for r, i in zip(rois.rois, mirrored(rois), strict=True)}


def test_the_released_sets_have_two_sides() -> None:
    assert pairs("me_tst") == {
        ("left brow", "right brow"),
        ("right brow", "left brow"),
        ("mouth", "mouth"),
        ("left nose side", "right nose side"),
        ("right nose side", "left nose side"),
    }
    more = {
        *(("left brow 20", "right brow 23"), ("left brow 18", "right brow 25")),
        *(("mouth 48", "mouth 54"), ("mouth 51", "mouth 51"), ("nose 31", "nose 35")),
        ("below right eye", "below left eye"),
    }
    assert more < pairs("me_tst_plus")


def test_a_set_with_one_side_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"data\.samples\.rois: .* has no other side"):
        mirrored(SEVEN)
