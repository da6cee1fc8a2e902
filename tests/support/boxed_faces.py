"""A made-up detector of boxes and of the landmarks in them."""

import numpy as np

from metst.video import Frame
from metst.video.face import Edges, Landmarks
from tests.support.faces import template

BOX = 60, 190, 55, 185
"""Where it sees a face in every frame, as top, bottom, left, right."""

CROP = 128  # side of the crop that flow images are made of, pixels


def landmarks() -> Landmarks:
    """68 landmarks in the crop, eyes included."""
    points = (template() * (CROP / 320)).astype(np.int64)
    for first, x in ((36, 34), (42, 78)):
        points[first : first + 6] = np.add(
            (x, 42), [(0, 0), (5, -3), (10, -3), (15, 0)] + 2 * [(8, 3)]
        )
    return points


class BoxedFaces:
    """Sees faces in every image that is not black: two in a frame, the last one at `box`."""

    name = "boxes 1"

    def __init__(self, box: Edges = BOX) -> None:
        self.box = box

    def boxes(self, grey: Frame, upsampled: int = 0) -> list[Edges]:
        assert upsampled == 1
        if not grey.any():
            return []
        return [(0, CROP, 0, CROP)] if grey.shape == (CROP, CROP) else [(0, 40, 0, 40), self.box]

    def landmarks(self, grey: Frame, box: Edges) -> Landmarks:
        assert box == (0, CROP, 0, CROP)
        assert grey.shape == (CROP, CROP)
        return landmarks()
