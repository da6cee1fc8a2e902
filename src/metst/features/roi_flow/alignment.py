"""How the face crop follows the head from frame to frame.

A view is a place in the frames that shows the face. It looks at a frame, sees how far the head has
moved in what it shows, and goes there.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import CROP_SIZE, Face, cut, moved
from metst.features.roi_flow.method import Alignment
from metst.video import Frame

Vector = NDArray[np.float64]
"""Motion (x, y), in crop pixels."""

STILL, ALIGNMENTS = 1.0, 3
"""Head motion, in crop pixels, that needs no alignment; most moves of the crop per frame (authors'
released code)."""

NEAR, STEPS = 0.05, 6
"""The same where the crop moves by fractions of a pixel. Farneback's flow of a nose bridge is a
third of the head's motion: the crop arrives only where it is sent on for small motions, too."""

GRID = 64
"""Places per pixel of the frame: rounding errors of the flow do not change what is cut."""


class View(Protocol):
    """Where the face is seen.

    Attributes:
        still: head motion, in crop pixels, after which the view stays where it is.
        steps: most moves per frame.
    """

    still: ClassVar[float]
    steps: ClassVar[int]

    def cut(self, frame: Frame) -> Frame:
        """The crop (`CROP_SIZE`, `CROP_SIZE`) of a frame (H, W)."""

    def follow(self, head: Vector, frame: Frame) -> Self:
        """The view after a motion (2,) of the head, in crop pixels."""


def view(face: Face, frame: Frame, alignment: Alignment) -> View:
    """The view of a face in the frame (H, W) that it was found in."""
    if alignment == "pixel":
        return WholePixels(face.box)
    return Fractions(face.box.clip(*frame.shape))


@dataclass(frozen=True)
class WholePixels:
    """A box of pixels, as in the authors' released code."""

    box: Box
    still: ClassVar[float] = STILL
    steps: ClassVar[int] = ALIGNMENTS

    def cut(self, frame: Frame) -> Frame:
        """The pixels, resized."""
        return cut(frame, self.box)

    def follow(self, head: Vector, frame: Frame) -> Self:
        """Moved by as many pixels of the frame as the head did in pixels of the crop."""
        right, down = (round(motion) for motion in head.tolist())
        return replace(self, box=moved(self.box, right, down, frame))


@dataclass(frozen=True)
class Fractions:
    """A box at any place, `shift` (right, down) pixels of the frame from where it was found.

    Beyond the frame its border is repeated, so that the scale stays that of the first crop.
    """

    box: Box
    shift: tuple[float, float] = (0.0, 0.0)
    still: ClassVar[float] = NEAR
    steps: ClassVar[int] = STEPS

    def cut(self, frame: Frame) -> Frame:
        """Interpolated where OpenCV's `resize` would, were the box there."""
        x, y = self._step
        right, down = self.box.left + self.shift[0], self.box.top + self.shift[1]
        matrix = np.array([[x, 0, right + x / 2 - 0.5], [0, y, down + y / 2 - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = CROP_SIZE, CROP_SIZE
        crop = cv2.warpAffine(frame, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return crop.astype(np.uint8, copy=False)

    def follow(self, head: Vector, frame: Frame) -> Self:
        """Moved as far as the head; never so far that no pixel of the frame would be left."""
        moves = zip(self.shift, head.tolist(), self._step, strict=True)
        right, down = (shift + motion * step for shift, motion, step in moves)
        box, (height, width) = self.box, frame.shape
        right = min(max(right, 1 - box.right), width - 1 - box.left)
        down = min(max(down, 1 - box.bottom), height - 1 - box.top)
        return replace(self, shift=(round(right * GRID) / GRID, round(down * GRID) / GRID))

    @property
    def _step(self) -> tuple[float, float]:
        """Pixels of the frame per pixel of the crop, across and down."""
        return self.box.width / CROP_SIZE, self.box.height / CROP_SIZE
