"""Shapes of facial regions: boxes around landmarks, and areas inside the flow field of such a box.

All are in pixels of the face crop.
"""

from dataclasses import dataclass

from metst.features.roi_flow.boxes import Box
from metst.video.face import Landmarks


@dataclass(frozen=True)
class Region:
    """Bounding box of landmarks first ... last, widened on each side by so many pixels."""

    first: int
    last: int
    top: int
    bottom: int
    left: int
    right: int

    def box(self, landmarks: Landmarks) -> Box:
        """The box in the face crop; not clipped to it."""
        points = landmarks[self.first : self.last + 1]  # (P, 2) as (x, y)
        (x_min, y_min), (x_max, y_max) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return Box(y_min - self.top, y_max + self.bottom, x_min - self.left, x_max + self.right)


@dataclass(frozen=True)
class UnderEye(Region):
    """The skin below an eye, as wide as the box.

    Attributes:
        upper: how far below the middle of the box it begins, in widths of the box.
        lower: where it ends.
    """

    upper: float = 0.25
    lower: float = 0.75

    def box(self, landmarks: Landmarks) -> Box:
        """The box in the face crop; not clipped to it."""
        eye = super().box(landmarks)
        middle = (eye.top + eye.bottom) / 2
        top, bottom = (int(middle + share * eye.width) for share in (self.upper, self.lower))
        return Box(top, bottom, eye.left, eye.right)


@dataclass(frozen=True)
class Margins:
    """All of a flow field but a margin, where flow is unreliable.

    Attributes:
        low_bottom: bottom margin instead of `bottom` where `LOW_SLACK` rows or fewer would be left.
    """

    top: int
    bottom: int
    left: int
    right: int
    low_bottom: int | None = None

    LOW_SLACK = 3  # rows, authors' released code

    def area(self, box: Box, inside: Box, _landmarks: Landmarks) -> Box:
        """Rows that the border of the crop has cut off count as margin already."""
        top = max(0, self.top + min(0, box.top))
        bottom = self.bottom
        if self.low_bottom is not None and inside.height - self.LOW_SLACK < bottom + top:
            bottom = self.low_bottom
        return Box(top, inside.height - bottom, self.left, inside.width - self.right)


@dataclass(frozen=True)
class Around:
    """A box around one landmark."""

    landmark: int
    up: int
    down: int
    left: int
    right: int

    def area(self, box: Box, inside: Box, landmarks: Landmarks) -> Box:
        """Columns are counted from the unclipped region, as the authors' released code does."""
        x, y = landmarks[self.landmark].tolist()
        row, column = y - inside.top, x - box.left
        return Box(row - self.up, row + self.down, column - self.left, column + self.right)


@dataclass(frozen=True)
class Sliced(Around):
    """The same, cut as ME-TST's successors do it.

    Rows, too, are counted from the unclipped region, and a box that begins above or left of the
    flow field is counted from the field's end, as Python slices arrays: it is empty, mostly.
    """

    def area(self, box: Box, inside: Box, landmarks: Landmarks) -> Box:
        """May be empty."""
        x, y = landmarks[self.landmark].tolist()
        row, column = y - box.top, x - box.left
        height, width = max(0, inside.height), max(0, inside.width)
        top, bottom, _ = slice(row - self.up, row + self.down).indices(height)
        left, right, _ = slice(column - self.left, column + self.right).indices(width)
        return Box(top, bottom, left, right)
