"""OF-FD's intervals as a feature."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import ConfigError
from metst.features.extract import VideoJob, extract_videos
from metst.features.of_fd import CONSTANTS, FACTORS, OFFDSegments
from metst.features.of_fd.feature import ROIS
from metst.features.of_fd.merging import of_video
from metst.features.of_fd.segments import Motion, segments
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import Face
from metst.features.roi_flow.engines import measure
from metst.features.roi_flow.track import Track
from metst.features.store import FeatureStore
from tests.support import parity
from tests.support.faces import FakeDetector, video


@pytest.mark.parametrize("path", parity.each("systems/spot/offd_frames*.npz"))
def test_published_curves_of_frames(path: Path) -> None:
    with np.load(path) as file:
        published = dict(file)
    curves = [x[: len(ROIS.rois)] for name, x in published.items() if name.startswith("curves_end")]
    expected = max(curves, key=lambda x: x.shape[1])  # (M, L, 2)
    with np.load(path.parents[2] / "flow_k50.npz") as file:
        frames = file["frames"][int(published["first_frame"]) :]
    box = Box(*published["crop_top_bottom_left_right"].tolist())
    face = Face(box, published["landmarks"])

    def motion_of(start: int, end: int) -> Motion:
        track = Track(start, end - start, start, face, frames[start], frames[start + 1 : end])
        ((_, flow),) = measure([track], ROIS, "auto")
        return flow.reshape(len(ROIS.rois), 2, -1).swapaxes(1, 2)

    length = expected.shape[1]
    np.testing.assert_allclose(motion_of(0, length), expected, rtol=0, atol=5e-5)
    limits = CONSTANTS["samm"]
    (part,) = segments(length + 2, motion_of, limits)
    assert of_video(part.spans(limits), limits) == list(map(tuple, published["intervals"].tolist()))


def test_intervals_reach_the_store(tmp_path: Path) -> None:
    frames = video(2, 60, speed=0)
    frames[:4] = 0  # no face yet
    paths = tuple(tmp_path / f"{number:02}.png" for number in range(60))
    for path, frame in zip(paths, frames, strict=True):
        assert cv2.imwrite(str(path), frame)
    feature, store = OFFDSegments(detector=FakeDetector()), FeatureStore(tmp_path / "store")
    done = extract_videos([VideoJob("s", "v", paths)], feature, store)
    assert "no face in the first frame of 1 of 1 windows" in str(done.findings[0])
    arrays = store.read(feature.spec, "s", "v").arrays
    assert (arrays["starts"].tolist(), arrays["references"].tolist()) == ([0], [4])
    assert arrays["height"].shape == (60,)
    assert arrays["height"].max() > CONSTANTS["samm"].height
    number, onset, offset = arrays["spans"].T
    assert set(number.tolist()) <= set(range(len(FACTORS)))
    assert 0 in number
    assert ((onset > 0) & (onset + 10 <= offset) & (offset < 58)).all()


def test_the_constants_are_parameters() -> None:
    specs = [OFFDSegments(name, FakeDetector()).spec for name in CONSTANTS]
    assert len({spec.key for spec in specs}) == 2
    with pytest.raises(ConfigError, match=r"data\.samples\.constants: expected samm or cas, got"):
        OFFDSegments("casme")  # type: ignore[arg-type]
