"""Landmarks and dense flow: against each other, the units that move them, and the pictures."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from metst.datasets.heads import truth as module
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script.video import VideoScript
from metst.datasets.heads.truth import dense_flow, truth
from tests.support.scenes import moment, person, photo, script

SIZE = 240
LEFT_BROW, RIGHT_BROW = slice(22, 27), slice(17, 22)  # the subject's left is right in the picture
STILL = (0.0,) * 6


@pytest.fixture(autouse=True)
def _one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "figure_of", lambda *_: person(3, SIZE))


def found(video: VideoScript) -> dict[str, NDArray[np.generic]]:
    return truth(HeadsOptions(size=SIZE), video)


def motion(
    units: Mapping[str, float] | None = None, pose: Sequence[float] = STILL
) -> NDArray[np.float64]:
    """How landmarks (68, 2) move from rest: px to the right and down."""
    points = np.asarray(found(script([moment(), moment(units, pose)]))["landmarks"], np.float64)
    return np.asarray(points[1] - points[0])


def test_units_move_landmarks_as_their_names_promise() -> None:
    smile = motion({"mouthSmile": 1})
    assert smile[54, 0] > 1  # the left corner of the mouth goes out, to the right of the picture
    assert smile[48, 0] < -1
    assert (smile[[48, 54], 1] < -1).all()  # and up
    inner = motion({"browInnerUp": 1})
    assert (inner[[20, 21, 22, 23], 1] < -1).all()
    assert np.abs(inner[27:]).max() < np.abs(inner[:27]).max() / 2
    assert (motion({"browDown": 1})[[19, 20, 21, 22, 23, 24], 1] > 0.5).all()
    assert motion({"jawOpen": 1})[8, 1] > 3
    blink = motion({"eyeBlink": 1})
    assert (blink[[37, 38, 43, 44], 1] > 1).all()
    assert (motion({"mouthFrown": 1})[[48, 54], 1] > 0.5).all()
    assert (motion({"noseSneer": 1})[[31, 35], 1] < 0).all()


def test_units_of_one_side_move_that_side() -> None:
    for name, points in (("browOuterUpLeft", LEFT_BROW), ("browOuterUpRight", RIGHT_BROW)):
        moved = np.abs(motion({name: 1})[:, 1])
        assert moved[points].max() > 1
        other = RIGHT_BROW if points == LEFT_BROW else LEFT_BROW
        assert moved[other].max() < 0.2 * moved[points].max()


def test_poses_move_the_nose() -> None:
    assert motion(pose=(0.1, 0, 0, 0, 0, 0))[30, 0] > 1  # yaw to the subject's left
    assert motion(pose=(0, 0.1, 0, 0, 0, 0))[30, 1] < -1  # pitch up
    roll = motion(pose=(0, 0, 0.1, 0, 0, 0))
    assert roll[45, 1] < roll[36, 1]  # the left eye goes up
    apart = person(3, SIZE).eyes_apart * person(3, SIZE).scale
    right, up, near = (motion(pose=(0, 0, 0, *np.eye(3)[axis] * 0.1)) for axis in range(3))
    np.testing.assert_allclose(right[27:, 0], 0.1 * apart, rtol=0.1)
    np.testing.assert_allclose(up[27:, 1], -0.1 * apart, rtol=0.1)
    assert near[45, 0] > 0 > near[36, 0]  # what comes nearer grows


@pytest.mark.parametrize(
    ("units", "pose"),
    [
        ({"mouthSmile": 0.3, "browInnerUp": 0.3}, STILL),
        ({}, (0.03, -0.02, 0.02, 0.02, 0.01, 0.03)),
        ({"browDown": 0.3, "mouthFrown": 0.4}, (0.02, 0.01, -0.02, 0.03, 0.02, 0)),
    ],
)
def test_dense_flow_agrees_with_landmarks_and_pictures(
    units: Mapping[str, float], pose: Sequence[float]
) -> None:
    first, second = (
        moment(pose=(0.1, 0.05, 0, 0, 0, 0)),
        moment(units, np.add((0.1, 0.05, 0, 0, 0, 0), pose)),
    )
    scene, video = person(3, SIZE), script([first, second])
    flow = dense_flow(scene, video, 0, 1)
    points = np.asarray(found(video)["landmarks"], np.float32)
    # Away from edges: along lids and lips, and the rim of the face, neighbors are other surfaces.
    inner = [17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]
    sampled = [
        cv2.remap(flow[..., axis], *(points[0, inner].T[:, :, None] - 0.5), cv2.INTER_LINEAR)[:, 0]
        for axis in range(2)
    ]
    np.testing.assert_allclose(np.stack(sampled, 1), (points[1] - points[0])[inner], atol=0.05)

    grey = [cv2.cvtColor(photo(scene, at), cv2.COLOR_BGR2GRAY) for at in (first, second)]
    rows, columns = np.indices((SIZE, SIZE), np.float32)
    known = ~np.isnan(flow).any(-1)
    moved = np.nan_to_num(flow)
    back = cv2.remap(grey[1], columns + moved[..., 0], rows + moved[..., 1], cv2.INTER_CUBIC)
    low, high = points[0].min(0), points[0].max(0)  # hair and cloth are finer than a picture
    head = known & (rows > low[1]) & (rows < high[1]) & (columns > low[0]) & (columns < high[0])
    warped, unwarped = (
        float(np.abs(grey[0][head].astype(float) - image[head]).mean()) for image in (back, grey[1])
    )
    assert warped < 0.5 * unwarped


def test_no_motion_is_no_flow_and_there_is_none_of_the_background() -> None:
    video = script([moment(), moment()])
    flow = dense_flow(person(3, SIZE), video, 0, 1)
    assert np.isnan(flow[0, 0]).all()
    assert not np.isnan(flow[SIZE // 2, SIZE // 2]).any()
    assert np.nanmax(np.abs(flow)) == 0


def test_what_is_not_seen_is_not_visible() -> None:
    aside, away = moment(pose=(0.9, 0, 0, 0, 0, 0)), moment(pose=(0, 0, 0, 6, 0, 0))
    video = script([moment(), aside, away, moment()])
    video.occluder[3] = 0, 0, 0.9
    front, turned, left, covered = np.asarray(found(video)["visible"])
    assert front.all()
    assert turned[:5].any()
    assert not turned[14:17].any()
    assert not left.any()
    assert covered[[0, 16]].all()
    assert not covered[[30, 33]].any()


def test_lost_frames_have_the_truth_of_what_they_show() -> None:
    video = script([moment({"jawOpen": share}) for share in (0, 0.3, 0.6, 0.9)])
    whole = found(video)["landmarks"]
    video.camera.kept[:] = 0, 0, 2, 2
    np.testing.assert_array_equal(found(video)["landmarks"], whole[[0, 0, 2, 2]])
