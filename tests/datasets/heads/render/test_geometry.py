"""Moving, turning and projecting vertices: against NumPy."""

import numpy as np

from metst.datasets.heads.identity import draw_identity
from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.mesh import load_mesh
from metst.datasets.heads.render import geometry
from metst.datasets.heads.render.figure import BEND, PIVOT
from metst.datasets.heads.render.pose import rotation
from tests.support.scenes import moment, person

RNG = np.random.default_rng(3)


def test_units_add_up() -> None:
    rest = RNG.normal(size=(9, 3)).astype(np.float32)
    starts, index = np.array([0, 2, 2, 5], np.int32), np.array([1, 4, 4, 0, 8], np.int32)
    by = RNG.normal(size=(5, 3)).astype(np.float32)
    shares = np.array([0.5, 1, 0.25], np.float32)
    out = np.empty_like(rest)
    geometry.deform(rest, starts, index, by, shares, out)
    wanted = rest.copy()
    np.add.at(wanted, index, by * np.repeat(shares, np.diff(starts))[:, None])
    np.testing.assert_allclose(out, wanted, rtol=1e-6)


def test_a_pose_is_a_rotation_about_the_pivot_and_a_shift() -> None:
    turn = rotation(np.array([0.3, -0.2, 0.1, 0, 0, 0], np.float32))
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=5e-5)
    assert np.linalg.det(turn) > 0.999
    vertices = RNG.normal(size=(50, 3)).astype(np.float32)
    weights = RNG.uniform(0, 1, 50).astype(np.float32)
    pivot, shift = np.array(PIVOT, np.float32), np.array([0.1, 0.2, 0.3], np.float32)
    moved = vertices.copy()
    geometry.turn(moved, weights, turn, pivot, shift)
    turned = (vertices - pivot) @ turn.T + pivot + shift
    wanted = vertices + weights[:, None] * (turned - vertices)
    np.testing.assert_allclose(moved, wanted, atol=1e-5)


def test_signs_of_a_pose() -> None:
    """Yaw to the subject's left, pitch up, and roll toward the subject's right shoulder."""
    ahead, left = np.array([0, 0, 1]), np.array([1, 0, 0])
    assert (rotation(np.eye(1, 6, 0)[0] * 0.2) @ ahead)[0] > 0.1
    assert (rotation(np.eye(1, 6, 1)[0] * 0.2) @ ahead)[1] > 0.1
    assert (rotation(np.eye(1, 6, 2)[0] * 0.2) @ left)[1] > 0.1


def test_every_head_turns_as_one_piece() -> None:
    """Distances between landmarks, jaw included, stay when the head turns and shifts."""
    index = list(LANDMARKS)
    for number in (1, 2, 3, 5):
        scene = person(number)
        rest, posed = (
            scene.vertices(moment(pose=pose))[index].astype(np.float64)
            for pose in ((0, 0, 0, 0, 0, 0), (0.5, 0.3, -0.3, 0.4, 0.3, 0.4))
        )
        before, after = (np.linalg.norm(p[:, None] - p, axis=-1) for p in (rest, posed))
        assert np.abs(before - after).max() < 1e-3


def test_chins_lie_above_the_bend_of_the_neck() -> None:
    jaw = list(LANDMARKS[:17])
    lowest = [
        draw_identity(4, f"spNO.{n}", group=n % 4 == 0).vertices[jaw, 1].min() for n in range(40)
    ]
    assert min(lowest) > BEND[1]


def test_normals() -> None:
    mesh = load_mesh()
    out = np.empty_like(mesh.vertices)
    geometry.normals(mesh.vertices, mesh.triangles, out)
    a, b, c = np.moveaxis(mesh.vertices[mesh.triangles].astype(np.float64), 1, 0)
    wanted = np.zeros(out.shape)
    for corner in range(3):
        np.add.at(wanted, mesh.triangles[:, corner], np.cross(b - a, c - a))
    size = np.linalg.norm(wanted, axis=1, keepdims=True)
    used = size[:, 0] > 1e-6
    np.testing.assert_allclose(out[used], (wanted / size)[used], atol=1e-3)
    assert out[LANDMARKS[30], 2] > 0.9  # the tip of the nose points to the camera


def test_near_things_are_large() -> None:
    vertices = np.array([[1, 7, 0], [1, 7, 6], [-1, 8, 0]], np.float32)
    out = np.empty_like(vertices)
    geometry.project(vertices, np.array([0, 7, 0], np.float32), 12.0, 50.0, 100.0, out)
    np.testing.assert_allclose(out, [[150, 100, 0], [200, 100, 6], [50, 50, 0]], rtol=1e-6)
