"""People before a camera, and moments to look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from metst.datasets.heads.identity import draw_identity
from metst.datasets.heads.render.figure import Moment
from metst.datasets.heads.render.scene import Scene
from metst.datasets.heads.render.shade import display
from metst.datasets.heads.script.video import Camera, VideoScript
from metst.datasets.heads.units import UNITS, of_both_sides

SIZE = 180
SHARP = Camera(noise=0.0, blur=0.0, jpeg=95, h264=None, kept=np.arange(2, dtype=np.int32))


@cache
def person(number: int, size: int = SIZE) -> Scene:
    """One of many people; nobody may change the scene."""
    return Scene(draw_identity(11, f"spNO.{number}", group=number % 5 == 0), size)


def moment(
    units: Mapping[str, float] | None = None,
    pose: Sequence[float] = (0, 0, 0, 0, 0, 0),
    gaze: Sequence[float] = (0, 0),
) -> Moment:
    """A moment in the usual light; a unit without its side is that of both sides."""
    shares = np.zeros(len(UNITS), np.float32)
    for name, share in (units or {}).items():
        for unit in (name,) if name in UNITS else of_both_sides(name):
            shares[UNITS.index(unit)] = share
    light = np.array([1, 0, 0], np.float32)
    return Moment(shares, np.array(gaze, np.float32), np.array(pose, np.float32), light)


def script(moments: Sequence[Moment], blur: float = 0.0) -> VideoScript:
    """A video with a frame for each moment."""
    n = len(moments)
    camera = replace(SHARP, blur=blur, kept=np.arange(n, dtype=np.int32))
    units, gaze, pose, light = (
        np.stack([getattr(m, name) for m in moments]) for name in ("units", "gaze", "pose", "light")
    )
    occluder = np.zeros((n, 3), np.float32)
    return VideoScript("spNO.1", "a", (), (), (), units, gaze, pose, light, occluder, camera)


def photo(scene: Scene, at: Moment) -> NDArray[np.uint8]:
    """The displayed picture (S, S, 3), blue first."""
    out = np.empty((scene.size, scene.size, 3), np.uint8)
    display(scene.picture(at), out)
    return out
