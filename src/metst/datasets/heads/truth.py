"""What the geometry gives exactly: landmarks, and dense flow between any two frames.

Shapes: T own frames of a video, S side of a frame.
"""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render import geometry
from metst.datasets.heads.render.film import moment, scene_of
from metst.datasets.heads.render.scene import Scene
from metst.datasets.heads.script.video import VideoScript

FACING = 0.1
"""Least component of a normal toward the camera: what turns away further is not seen."""


def truth(options: HeadsOptions, script: VideoScript) -> dict[str, NDArray[np.generic]]:
    """Landmarks of every stored frame, lost and repeated ones as they are seen.

    Returns:
        `landmarks` (T, 68, 2): column and row, px, the middle of the first element is 0.5;
        `visible` (T, 68): whether the surface faces the camera there and nothing passes before it.
    """
    scene = scene_of(options, script.subject)
    landmarks = np.empty((script.frames, len(LANDMARKS), 2), np.float32)
    visible = np.empty((script.frames, len(LANDMARKS)), np.bool_)
    index = np.array(LANDMARKS)
    for number in range(script.frames):
        vertices = scene.vertices(moment(script, number))
        normals = np.empty_like(vertices)
        geometry.normals(vertices, scene.triangles, normals)
        landmarks[number] = scene.places(vertices)[index, :2]
        x, y, radius = script.occluder[number] * (scene.eyes_apart * scene.scale)
        middle = np.array([scene.size / 2 + x, scene.size / 2 - y])
        free = np.linalg.norm(landmarks[number] - middle, axis=1) > radius
        visible[number] = (normals[index, 2] > FACING) & free
    shown = script.camera.kept
    return {"landmarks": landmarks[shown], "visible": visible[shown]}


def dense_flow(
    scene: Scene, script: VideoScript, first: float, second: float
) -> NDArray[np.float32]:
    """Motion of the surface (S, S, 2), px to the right and down, between two frames of the scene.

    NaN where a picture element of the first frame shows the background.

    Args:
        scene: from `scene_of`.
        script: of the video.
        first: frame of the scene, from 0; times between frames are allowed.
        second: another one.
    """
    before, after = (scene.places(scene.vertices(moment(script, t))) for t in (first, second))
    shown, weights = scene.surface(before)
    corners = scene.triangles[np.maximum(shown, 0)]  # (S, S, 3)
    shares = np.concatenate([1 - weights.sum(-1, keepdims=True), weights], axis=-1)
    moved = (after - before)[:, :2][corners]  # (S, S, 3, 2)
    flow = (shares[..., None] * moved).sum(axis=2, dtype=np.float32)
    flow[shown < 0] = np.nan
    return np.asarray(flow, np.float32)
