"""The photograph behind the demo, and the people made from it.

The photograph is the NASA portrait of Eileen Collins (public domain) that scikit-image ships.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.demo.options import DemoOptions
from metst.video.face import Landmarks

Picture = NDArray[np.uint8]
"""Color picture (H, W, 3), BGR."""

SIGHT: Final = 13.5
"""Side of a frame in half inner-eye distances of the photograph: head and shoulders."""

BELOW_EYES: Final = 1.0
"""The middle of a frame lies this many half inner-eye distances below the eyes."""

# One identity: what is drawn, and how far it may go while the face stays a natural one.
STRETCH: Final = 0.06  # relative, each axis on its own
ROLL: Final = 0.06  # rad
WARP_NODES: Final = 5  # per axis; the warp between them is smooth
WARP: Final = 0.12  # standard deviation at a node, half inner-eye distances
EYE_SHIFT: Final = 0.12  # of each eye, outward or inward, half inner-eye distances
EYE_SPREAD: Final = 1.2  # standard deviation of the skin that follows, same unit
GAMMA: Final = (0.75, 1.35)


PLACES: Final = """
180,104 180,116 181,127 182,139 185,150 191,161 200,169 210,176 221,178 233,177 244,171 254,163
261,154 265,143 268,131 270,120 272,108 187,93 192,88 200,87 208,89 216,92 236,93 244,90 252,90
260,92 265,98 226,102 225,111 225,119 225,127 214,131 219,133 224,134 229,133 234,132 195,101
200,98 207,98 212,104 206,104 200,104 238,105 243,101 250,101 255,104 250,106 244,106 201,139
209,139 218,139 224,141 230,140 237,140 245,141 237,151 229,155 222,156 216,155 208,150 204,141
218,143 223,144 229,143 242,142 229,150 223,151 217,150
"""
"""Landmarks in the photograph as x,y in iBUG's order: those that dlib finds in it."""


@dataclass(frozen=True)
class Face:
    """A picture and the landmarks (68, 2) of the face in it, as (x, y)."""

    picture: Picture
    landmarks: Landmarks


def photograph() -> Face:
    """The photograph with its landmarks."""
    from skimage import data

    colors: Picture = data.astronaut()  # type: ignore[no-untyped-call]
    places = [[int(number) for number in place.split(",")] for place in PLACES.split()]
    return Face(np.ascontiguousarray(colors[..., ::-1]), np.array(places))  # RGB -> BGR


def identity(photo: Face, subject: str, options: DemoOptions) -> Face:
    """The photograph as another person: mirrored, stretched, warped, eyes apart, other gamma."""
    rng = generator(options.seed, "demo", subject, "identity")
    where = _affine(photo, options.size, rng)  # (S, S, 2)
    where = _eyes_apart(_warped(where, photo, rng), photo, rng)
    picture = displaced(photo.picture, where)
    curve = 255 * np.linspace(0, 1, 256) ** rng.uniform(*GAMMA)
    darkened = cv2.LUT(picture, np.round(curve).astype(np.uint8))
    return Face(np.asarray(darkened, np.uint8), _landmarks(where, photo.landmarks))


def displaced(picture: Picture, where: NDArray[np.float32]) -> Picture:
    """The picture that shows, at every pixel, `picture` at the place (x, y) in `where` (S, S, 2).

    Cubic, since linear interpolation blurs by the fraction of a pixel, a motion of its own; past
    the edges the picture goes on as its mirror image.
    """
    across, along = where[..., 0], where[..., 1]  # (S, S, 2) -> 2 x (S, S)
    mirror = cv2.BORDER_REFLECT_101
    moved = cv2.remap(picture, across, along, cv2.INTER_CUBIC, borderMode=mirror)
    return np.asarray(moved, np.uint8)


def _half_eye_distance(photo: Face) -> float:
    return float(photo.landmarks[42, 0] - photo.landmarks[39, 0]) / 2


def _affine(photo: Face, size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Where in the photograph each pixel of the frame lies: (S, S, 2) as (x, y)."""
    unit = _half_eye_distance(photo)
    center = photo.landmarks[[39, 42]].mean(axis=0) + np.array([0, BELOW_EYES * unit])
    mirror = rng.choice([-1, 1])
    stretch = 1 + STRETCH * rng.uniform(-1, 1, size=2)
    angle = ROLL * rng.uniform(-1, 1)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    axis = (np.arange(size) + 0.5) / size - 0.5
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)  # (S, S, 2), -0.5 ... 0.5
    matrix = turn @ np.diag(stretch * [mirror, 1]) * SIGHT * unit
    where: NDArray[np.float32] = (grid @ matrix.T + center).astype(np.float32)
    return where


def _warped(
    where: NDArray[np.float32], photo: Face, rng: np.random.Generator
) -> NDArray[np.float32]:
    nodes = rng.normal(0, WARP * _half_eye_distance(photo), size=(WARP_NODES, WARP_NODES, 2))
    smooth = cv2.resize(nodes, where.shape[1::-1], interpolation=cv2.INTER_CUBIC)  # -> (S, S, 2)
    return where + smooth.astype(np.float32)


def _eyes_apart(
    where: NDArray[np.float32], photo: Face, rng: np.random.Generator
) -> NDArray[np.float32]:
    unit = _half_eye_distance(photo)
    shift = EYE_SHIFT * unit * rng.uniform(-1, 1)
    moved = where.copy()
    for corners, side in (((36, 39), -1), ((42, 45), 1)):
        eye = photo.landmarks[list(corners)].mean(axis=0)
        distance = np.square(where - eye).sum(axis=2)  # (S, S, 2) -> (S, S)
        moved[..., 0] += side * shift * np.exp(-distance / (2 * (EYE_SPREAD * unit) ** 2))
    return moved


def _landmarks(where: NDArray[np.float32], landmarks: Landmarks) -> Landmarks:
    """Landmarks in the frame: for each, the pixel that shows the photograph closest to it."""
    size = where.shape[1]
    nearest = [int(np.square(where - point).sum(axis=2).argmin()) for point in landmarks]
    return np.array([divmod(index, size)[::-1] for index in nearest], dtype=np.int64)
