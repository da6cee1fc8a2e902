"""Flow images and face boxes as features of a video."""

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import ConfigError, VideoError
from metst.datasets.labels import Timebase
from metst.features.extract import VideoJob, extract_videos
from metst.features.feature import RateDependent
from metst.features.flow_images import FaceBoxes, FlowImages, mean_channels, ranges, regions
from metst.features.flow_images.face import cut
from metst.features.roi_flow import RoiFlow
from metst.features.roi_flow.boxes import Box
from metst.features.source import Source
from metst.features.store import FeatureStore
from metst.features.tv_l1 import flow
from metst.video import Frame, images
from tests.support.boxed_faces import BOX, BoxedFaces, landmarks
from tests.support.dlib import dlib_detector
from tests.support.faces import video
from tests.support.fourth import Fourth


def write(folder: Path, clip: Frame) -> list[Path]:
    paths = [folder / f"{number}.png" for number in range(len(clip))]
    assert all(cv2.imwrite(str(path), frame) for path, frame in zip(paths, clip, strict=True))
    return paths


def feature(kind: str = "mean", step: float = 0.1, every: int = 1, fps: float = 30) -> FlowImages:
    return FlowImages(kind, step, every, BoxedFaces()).at(fps)  # type: ignore[arg-type]


def test_images_are_those_of_frames_one_step_apart(tmp_path: Path) -> None:
    clip = video(1, 7)
    entry = feature().measure(write(tmp_path, clip))
    assert {n: (a.shape, a.dtype.name) for n, a in entry.arrays.items()} == {
        "images": ((4, 3, 42, 42), "float16"),
        "ranges": ((4, 3, 2), "float32"),
        "box": ((4,), "int64"),
        "landmarks": ((68, 2), "int64"),
    }
    assert (entry.frames, entry.findings) == (7, ())
    crops = [cut(frame, Box(*BOX)) for frame in clip]
    for t in range(4):
        channels = mean_channels(flow(crops[t], crops[t + 3]))
        expected = regions(channels, landmarks()).astype(np.float16)
        np.testing.assert_array_equal(entry.arrays["images"][t], expected)
        np.testing.assert_array_equal(entry.arrays["ranges"][t], ranges(channels))
    assert np.abs(entry.arrays["images"]).max() > 0.1


def test_every_other_frame_begins_a_pair(tmp_path: Path) -> None:
    paths = write(tmp_path, video(1, 8))
    all_images = feature().measure(paths).arrays["images"]
    images = feature(every=2).measure(paths).arrays["images"]
    np.testing.assert_array_equal(images, all_images[::2])
    assert len(images) == 3
    assert len(feature(every=2).measure(paths[:7]).arrays["images"]) == 2


def test_softnet_has_no_ranges(tmp_path: Path) -> None:
    paths = write(tmp_path, video(1, 4))
    arrays = feature("softnet").measure(paths).arrays
    assert arrays.keys() == {"images", "box", "landmarks"}
    assert arrays["images"][:, :2].min() >= 0 > feature().measure(paths).arrays["images"].min()


@pytest.mark.parametrize(("step", "fps", "k"), [(0.1, 30, 3), (0.1, 200 / 7, 3), (0.1, 200, 20)])
def test_the_step_follows_from_the_frame_rate(step: float, fps: float, k: int) -> None:
    spec = feature(step=step, fps=fps).spec
    assert (spec.parameters["step"], spec.label) == (k, f"mean-k{k}")
    assert feature(step=0.001).k == 1


def test_a_source_gives_the_frame_rate(tmp_path: Path) -> None:
    images = FlowImages("mean", 0.2, detector=BoxedFaces())
    with pytest.raises(ConfigError, match=r"frame rate: expected .* 0\.2 s apart, got 0\.0"):
        _ = images.spec
    source = Source(Fourth(), tmp_path, tmp_path, images)  # 50 frames/s, every other one
    assert source.spec.parameters["step"] == 5
    assert not isinstance(RoiFlow(8), RateDependent)

    class Unknown(Fourth):
        timebase = Timebase(fps=0)

    with pytest.raises(ConfigError, match="frame rate: expected that of the data set"):
        Source(Unknown(), tmp_path, tmp_path, images)


def test_everything_that_changes_the_numbers_is_a_parameter() -> None:
    dlib_detector()  # FlowImages' own
    others = [feature("softnet"), feature(step=0.2), feature(every=2), FlowImages("mean").at(30)]
    specs = [feature().spec, *(other.spec for other in others), FaceBoxes(BoxedFaces()).spec]
    assert len({spec.key for spec in specs}) == 6
    assert specs[0].key.startswith("flow_images-mean-k3-")
    assert specs[0] == feature(step=0.11).spec  # 3 frames, too
    assert pickle.loads(pickle.dumps(FlowImages("mean").at(30))).spec == others[-1].spec


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"images": "men"}, "images: expected mean or softnet, got 'men'"),
        ({"step": float("nan")}, "step: expected seconds above 0, got nan"),
        ({"every": 0}, "every: expected 1 frame or more, got 0"),
    ],
)
def test_wrong_arguments_are_refused(wrong: dict[str, object], expected: str) -> None:
    with pytest.raises(ConfigError, match=expected):
        FlowImages(**{"images": "mean", **wrong})  # type: ignore[arg-type]


def test_a_face_that_comes_late_is_used_from_the_start(tmp_path: Path) -> None:
    clip = video(1, 6)
    clip[:2] = 0
    paths = write(tmp_path, clip)
    expected = ("no-face", "no face in the first 2 frames; that of 2.png is used")
    for made in (feature(), FaceBoxes(BoxedFaces())):
        entry = made.measure(paths)
        assert entry.findings == (expected,)
        assert entry.arrays["box"].tolist() == list(BOX)
    with pytest.raises(VideoError, match="no face found in 2 frames"):
        feature().measure(paths[:2])
    paths[0].write_bytes(b"nothing")
    with pytest.raises(VideoError, match="none of its 1 images can be read"):
        feature().measure(paths[:1])


def test_a_short_video_has_no_images(tmp_path: Path) -> None:
    paths, store = write(tmp_path, video(1, 3)), FeatureStore(tmp_path / "store")
    extract_videos([VideoJob("s", "v", tuple(paths))], feature(), store)
    entry = store.read(feature().spec, "s", "v")
    assert entry.arrays["images"].shape == (0, 3, 42, 42)
    assert entry.arrays["ranges"].shape == (0, 3, 2)
    ((code, message),) = entry.findings
    assert code == "short-video"
    assert message == "has 3 frames, of which no two are 3 apart; nothing is spotted in it"


def test_broken_images_are_replaced_and_others_read_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths, order = write(tmp_path, video(1, 6)), list[str]()
    paths[2].write_bytes(b"nothing")
    read = images.read_grey

    def noted(path: Path) -> Frame:
        order.append(path.name)
        return read(path)

    monkeypatch.setattr("metst.video.sources.read_grey", noted)
    entry = feature().measure(paths)
    assert [code for code, _ in entry.findings] == ["bad-image"]
    searched = ["0.png", "0.png"]  # for the box, and for its crop
    assert order == [*searched, "0.png", "1.png", "2.png", "1.png", "3.png", "4.png", "5.png"]
