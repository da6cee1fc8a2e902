"""How skin moves: action units as sums of Gaussians around landmarks, emotions as action units.

Action units are numbered as in the Facial Action Coding System (Ekman & Friesen 1978); landmarks
are iBUG's 68. Motion is stated in the picture, positive x to the right, positive y down, and
"outward" is away from the middle of the face, so that a mirrored face needs no other table.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metst.video.face import Landmarks

INNER_EYE_CORNERS: Final = (39, 42)
NOSE_BRIDGE: Final = 27

Field = NDArray[np.float32]
"""Displacement (S, S, 2) of every pixel as (x, y), px."""


@dataclass(frozen=True)
class Stroke:
    """Skin around some landmarks moving in one direction.

    Attributes:
        outward: share of the motion away from the middle of the face.
        down: share of the motion downward.
        spread: standard deviation of the Gaussians, in half inner-eye distances.
    """

    landmarks: tuple[int, ...]
    outward: float
    down: float
    spread: float


ACTIONS: Final[dict[int, Stroke]] = {
    1: Stroke((20, 21, 22, 23), outward=0.0, down=-1.0, spread=0.55),  # inner brows raised
    2: Stroke((17, 18, 19, 24, 25, 26), outward=0.0, down=-1.0, spread=0.55),  # outer brows raised
    4: Stroke((19, 20, 21, 22, 23, 24), outward=-0.5, down=0.8, spread=0.55),  # brows lowered
    6: Stroke((40, 41, 46, 47), outward=0.0, down=-1.0, spread=0.45),  # cheeks raised
    9: Stroke((31, 35), outward=0.2, down=-1.0, spread=0.55),  # nose wrinkled
    10: Stroke((50, 51, 52), outward=0.0, down=-1.0, spread=0.45),  # upper lip raised
    12: Stroke((48, 54), outward=0.8, down=-0.6, spread=0.7),  # lip corners up and out: a smile
    15: Stroke((48, 54), outward=0.0, down=1.0, spread=0.7),  # lip corners down
    17: Stroke((56, 57, 58), outward=0.0, down=-1.0, spread=0.7),  # chin raised
    20: Stroke((48, 54), outward=1.0, down=0.1, spread=0.7),  # lips stretched
    26: Stroke((7, 8, 9, 56, 57, 58), outward=0.0, down=1.0, spread=0.7),  # jaw dropped
    45: Stroke((37, 38, 40, 41, 43, 44, 46, 47), outward=0.0, down=1.0, spread=0.3),  # blink
}
"""Action unit number -> the motion that stands for it."""

BLINK: Final = (45,)

EMOTION_UNITS: Final[dict[str, tuple[int, ...]]] = {
    "disgust": (4, 9, 10),
    "anger": (4, 17),
    "fear": (4, 20),
    "sad": (4, 15),
    "happy": (6, 12),
    "surprise": (1, 2, 26),
    "others": (15,),
}
"""Raw emotion, as CAS(ME)^3 writes it -> its action units."""


def unit_field(unit: int, landmarks: Landmarks, size: int) -> Field:
    """Displacement field of an action unit on one face, 1 px where it is largest.

    Args:
        unit: a key of `ACTIONS`.
        landmarks: landmarks (68, 2) of the face as (x, y).
        size: side S of the picture, px.
    """
    stroke = ACTIONS[unit]
    left, right = (landmarks[corner, 0] for corner in INNER_EYE_CORNERS)
    sigma = stroke.spread * abs(right - left) / 2
    middle = landmarks[NOSE_BRIDGE, 0]
    axis = np.arange(size, dtype=np.float32)
    field = np.zeros((size, size, 2), np.float32)
    for x, y in landmarks[list(stroke.landmarks)]:
        across = np.exp(-((axis - x) ** 2) / (2 * sigma**2))
        along = np.exp(-((axis - y) ** 2) / (2 * sigma**2))
        weight = along[:, None] * across  # (S,) x (S,) -> (S, S)
        field[..., 0] += np.sign(x - middle) * stroke.outward * weight
        field[..., 1] += stroke.down * weight
    largest = np.float32(np.sqrt(np.square(field).sum(axis=2).max()))
    scaled: Field = field / largest
    return scaled
