"""Boxes of pixels: parts of a frame, of the face crop, of a flow field."""

from typing import NamedTuple


class Box(NamedTuple):
    """Rows top ... bottom - 1 and columns left ... right - 1 of an image; may reach beyond it."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows; 0 or less for a box without pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Number of columns; 0 or less for a box without pixels."""
        return self.right - self.left

    @property
    def pixels(self) -> tuple[slice, slice]:
        """Index of the box in an array (H, W, ...); only for boxes inside the array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def empty(self) -> bool:
        """Whether there is no pixel in it."""
        return self.height <= 0 or self.width <= 0

    def clip(self, height: int, width: int) -> "Box":
        """The part inside an image of this size."""
        return Box(
            max(self.top, 0), min(self.bottom, height), max(self.left, 0), min(self.right, width)
        )
