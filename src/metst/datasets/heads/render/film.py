"""The frames of a video: what its script asks for, exposed as long as its camera does."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.identity import Identity, draw_identity
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.render.figure import Figure, Moment
from metst.datasets.heads.render.occluder import occlude
from metst.datasets.heads.render.scene import Scene
from metst.datasets.heads.render.shade import display
from metst.datasets.heads.script.groups import identity_group
from metst.datasets.heads.script.video import Curves, VideoScript

MOST_EXPOSURES = 4
"""Pictures that one frame is the mean of, where something moves quickly."""

SHARP = 0.75
"""Motion, px, between two pictures of one frame that leaves no steps."""


def scene_of(options: HeadsOptions, subject: str) -> Scene:
    """The person of a subject before the camera."""
    return Scene(_identity(options, subject), options.size)


def figure_of(options: HeadsOptions, subject: str) -> Figure:
    """The same without colours, in a twentieth of the time."""
    return Figure(_identity(options, subject), options.size)


def _identity(options: HeadsOptions, subject: str) -> Identity:
    group = identity_group(options, subject)
    return draw_identity(options.seed, subject, group=group)


def moment(script: VideoScript, time: float) -> Moment:
    """What a script asks for at a time in frames from the first one, 0; linear between frames."""
    time = min(max(time, 0.0), script.frames - 1.0)
    first = int(time)
    second, share = min(first + 1, script.frames - 1), np.float32(time - first)

    def at(curve: Curves) -> Curves:
        return np.asarray(curve[first] + share * (curve[second] - curve[first]), np.float32)

    return Moment(*(at(c) for c in (script.units, script.gaze, script.pose, script.light)))


def frames(options: HeadsOptions, script: VideoScript) -> Iterator[NDArray[np.uint8]]:
    """Frames (S, S, 3), blue first, of a video, without noise and loss: T of them."""
    scene = scene_of(options, script.subject)
    for number in range(script.frames):
        out = np.empty((options.size, options.size, 3), np.uint8)
        display(_exposed(scene, script, number), out)
        yield out


def _exposed(scene: Scene, script: VideoScript, number: int) -> NDArray[np.float32]:
    """Light (S, S, 3) of a frame: the mean over its time of exposure, about its own time."""
    half = script.camera.blur / 2
    ends = [scene.places(scene.vertices(moment(script, number + at))) for at in (-half, half)]
    moved = float(np.abs(ends[1] - ends[0])[:, :2].max())
    count = min(MOST_EXPOSURES, max(1, int(np.ceil(moved / SHARP))))
    times = number + half * (2 * (np.arange(count) + 0.5) / count - 1)
    light = scene.picture(moment(script, times[0]))
    for time in times[1:]:
        light += scene.picture(moment(script, time))
    if count > 1:
        light /= np.float32(count)
    if script.occluder[number, 2] > 0:
        occlude(scene, light, script.occluder[number], script.light[number, 0])
    return light
