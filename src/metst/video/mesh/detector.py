"""The detector `mesh`: BlazeFace finds faces, MediaPipe's mesh places their landmarks."""

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, islice, product
from typing import Final

import cv2
import numpy as np

from metst.video import Frame
from metst.video.face import Landmarks, nearest
from metst.video.mesh.finder import Found, find, united
from metst.video.mesh.networks import DIGESTS, Networks
from metst.video.mesh.placement import around, place, square

VERSION: Final = 1
"""Raised whenever other landmarks are found in the same image."""

SMALLEST: Final = 300
"""Least side, px, of the parts of an image that are searched."""


class MeshDetector:
    """Faces without dlib; picklable, the networks (1.5 MB) are read when first used.

    BlazeFace sees faces that are as wide as a fifth of an image. Where it sees none, overlapping
    parts of half the size are searched, and so on, down to `SMALLEST`. The mesh is placed twice,
    the second time around its own first landmarks, which lie steadier than the box that was found.
    """

    def __init__(self) -> None:
        self._networks = Networks()

    @cached_property
    def name(self) -> str:
        """Version of the search and of OpenCV, and the digests of both networks."""
        digests = ", ".join(digest[:12] for digest in DIGESTS.values())
        return f"mesh {VERSION}, opencv {cv2.__version__}, {digests}"

    def detect(self, grey: Frame) -> Landmarks | None:
        """Landmarks of the most certain face, or None.

        Raises:
            BackendError: OpenCV cannot read the networks.
        """
        found = next(self._levels(grey), [])
        return next(self._placed(grey, found), None)

    def faces(self, grey: Frame) -> list[Landmarks]:
        """Landmarks of all faces of an image (H, W), the most certain of the largest first.

        Parts of half the size in which the first were found are searched, too: of a group, faces
        of half the width of its largest are found, far smaller ones are not.

        Raises:
            BackendError: OpenCV cannot read the networks.
        """
        faces: list[Landmarks] = []
        for found in self._placed(grey, chain.from_iterable(islice(self._levels(grey), 2))):
            if nearest(faces, found) is None:  # part of a face in part of an image is that face
                faces.append(found)
        return faces

    def follow(self, grey: Frame, last: Landmarks) -> Landmarks | None:
        """Landmarks of the face that a neighbouring frame shows at `last`; None where it is gone.

        Raises:
            BackendError: OpenCV cannot read the networks.
        """
        return place(grey, around(last), self._networks)

    def __reduce__(self) -> tuple[type["MeshDetector"], tuple[()]]:
        """Another process reads the networks itself."""
        return MeshDetector, ()

    def _placed(self, grey: Frame, found: Iterable[Found]) -> Iterator[Landmarks]:
        for face in found:
            first = place(grey, square(face.corners), self._networks)
            if first is not None and (second := self.follow(grey, first)) is not None:
                yield second

    def _levels(self, grey: Frame) -> Iterator[list[Found]]:
        """Faces of the whole image, then of its parts, from the largest size that shows any."""
        found, side = find(grey, self._networks), max(grey.shape) / 2
        shown = bool(found)
        if shown:
            yield found
        while side >= SMALLEST:
            parts = product(_starts(grey.shape[0], side), _starts(grey.shape[1], side))
            found = united(
                face.moved(left, top)
                for top, left in parts
                for face in find(
                    grey[top : top + int(side), left : left + int(side)], self._networks
                )
            )
            shown, side = shown or bool(found), side / 2
            if shown:
                yield found


def _starts(length: int, side: float) -> list[int]:
    """Where parts of an image begin along one axis, half a part from each other at most."""
    number = max(math.ceil(2 * length / side) - 1, 1)
    return [int(start) for start in np.linspace(0, max(length - side, 0), number)]
