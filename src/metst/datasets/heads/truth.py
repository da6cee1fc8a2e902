"""What the geometry gives exactly: landmarks, and dense flow between any two frames.

Shapes: T own frames of a video, S side of a frame.
"""

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.landmarks import LANDMARKS
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render.figure import Figure
from metst.datasets.heads.render.film import figure_of, moment
from metst.datasets.heads.render.occluder import distance
from metst.datasets.heads.script.video import VideoScript


def truth(options: HeadsOptions, script: VideoScript) -> dict[str, NDArray[np.generic]]:
    """Landmarks of every stored frame, lost and repeated ones as they are seen.

    Returns:
        `landmarks` (T, 68, 2): column and row, px, the middle of the first element is 0.5;
        `visible` (T, 68): whether it lies in the picture and nothing before it: neither the head
        itself nor what passes.
    """
    figure = figure_of(options, script.subject)
    landmarks = np.empty((script.frames, len(LANDMARKS), 2), np.float32)
    visible = np.empty((script.frames, len(LANDMARKS)), np.bool_)
    index = np.array(LANDMARKS)
    for number in range(script.frames):
        places = figure.places(figure.vertices(moment(script, number)))
        landmarks[number] = places[index, :2]
        visible[number] = figure.seen(places)[index]
        if script.occluder[number, 2] > 0:
            visible[number] &= ~_behind(figure, script.occluder[number], landmarks[number])
    shown = script.camera.kept
    return {"landmarks": landmarks[shown], "visible": visible[shown]}


def _behind(
    figure: Figure, occluder: NDArray[np.float32], places: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Whether places (N, 2) of the picture lie behind an occluder (3,)."""
    x, y, radius = (float(value) * figure.eyes_apart * figure.scale for value in occluder)
    from_middle = (places - (figure.size / 2 + x, figure.size / 2 - y)) / radius
    return np.array([distance(u, v) < 1 for u, v in from_middle.tolist()])


def dense_flow(
    figure: Figure, script: VideoScript, first: float, second: float
) -> NDArray[np.float32]:
    """Motion of the surface (S, S, 2), px to the right and down, between two frames of the scene.

    NaN where a picture element of the first frame shows the background.

    Args:
        figure: from `figure_of`, or a scene.
        script: of the video.
        first: frame of the scene, from 0; times between frames are allowed.
        second: another one.
    """
    before, after = (figure.places(figure.vertices(moment(script, t))) for t in (first, second))
    shown, weights = figure.surface(before)
    corners = figure.triangles[np.maximum(shown, 0)]  # (S, S, 3)
    shares = np.concatenate([1 - weights.sum(-1, keepdims=True), weights], axis=-1)
    moved = (after - before)[:, :2][corners]  # (S, S, 3, 2)
    flow = (shares[..., None] * moved).sum(axis=2, dtype=np.float32)
    flow[shown < 0] = np.nan
    return np.asarray(flow, np.float32)
