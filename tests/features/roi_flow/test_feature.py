"""ROI flow as a feature: its name in the store, and other regions than ME-TST's."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import ConfigError
from metst.features.extract import VideoJob, extract_videos
from metst.features.released import release_of
from metst.features.roi_flow import ME_TST_ROIS, Engine, RoiFlow, RoiSet, iter_windows
from metst.features.store import FeatureStore
from metst.video import ArrayFrames
from tests.support.faces import FakeDetector, video

DETECTOR = FakeDetector()

EIGHTEEN = RoiSet(
    rois=tuple(
        replace(roi, name=f"{roi.name} {share}", share=share)
        for share in (0.1, 0.2, 0.3, 0.4)
        for roi in ME_TST_ROIS.rois
    )[:18],
    reference=ME_TST_ROIS.reference,
)
"""36 channels: the five regions again and again, with other shares of their vectors."""

PATH = "tests.features.roi_flow.test_feature.EIGHTEEN"


def test_everything_that_changes_the_numbers_is_a_parameter() -> None:
    spec = RoiFlow(8, detector=DETECTOR).spec
    assert spec.parameters.keys() == {"k", "detector", "opencv", "rois"}
    assert spec.key.startswith("roi_flow-k8-")
    others = [RoiFlow(10, detector=DETECTOR), RoiFlow(8), RoiFlow(8, PATH, DETECTOR)]
    assert len({spec.key, *(other.spec.key for other in others)}) == 4


def test_regions_of_any_number_reach_the_store(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(14)]
    for path, frame in zip(paths, video(2, 14), strict=True):
        assert cv2.imwrite(str(path), frame)
    flow, store = RoiFlow(8, PATH, DETECTOR), FeatureStore(tmp_path / "store")
    assert flow.channels == 36
    assert extract_videos([VideoJob("s", "v", tuple(paths))], flow, store).extracted == 1
    windows = store.read(flow.spec, "s", "v").arrays["windows"]
    assert windows.shape == (3, 36, 8)
    assert np.abs(windows[:, :, 1:]).max(axis=(0, 2)).min() > 0  # every channel moves
    # The first six of each row of five are ME-TST's own regions and shares: share 0.3 of both
    # brows and the mouth, the third time around.
    own = RoiFlow(8, detector=DETECTOR).measure(paths).arrays["windows"]
    np.testing.assert_array_equal(windows[:, 20:26], own[:, :6])


@pytest.mark.parametrize("engine", ["numba", "torch"])
def test_no_engine_assumes_five_regions(engine: Engine) -> None:
    (window,) = iter_windows(ArrayFrames(video(2, 8)), [0], 8, DETECTOR, EIGHTEEN, engine)
    assert window.features.shape == (36, 8)


def test_the_authors_released_features_of_their_own_regions() -> None:
    assert release_of(RoiFlow(8, detector=DETECTOR)) is not None
    assert release_of(RoiFlow(8, PATH, DETECTOR)) is None


@pytest.mark.parametrize(
    "name", ["five", "tests.no_such_module.ROIS", PATH + "S", "tests.support.faces.SIDE"]
)
def test_a_wrong_name_is_refused(name: str) -> None:
    with pytest.raises(
        ConfigError, match=r"rois: expected me_tst or me_tst_plus, or the import path"
    ):
        RoiFlow(8, name)
