"""One face among several: the largest first, then the one that is where it was."""

import numpy as np

from metst.features.roi_flow.crop import CROP_SIZE
from metst.video import Frame
from metst.video.face import DlibDetector, Landmarks

NEAR = 1.0
"""How far, in widths of the face, it may have gone since it was last looked for."""


class FollowedFace:
    """A detector that stays with one person; a `metst.video.face.LandmarkDetector`.

    Training looks at the first face that dlib names, which with one person is the same.

    Attributes:
        most: most faces seen in one frame.
        lost: how often another face had to be taken up.
    """

    def __init__(self, detector: DlibDetector | None = None) -> None:
        self.detector = detector or DlibDetector()
        self.most = self.lost = 0
        self._last: Landmarks | None = None
        self._crop_is_next = False

    @property
    def name(self) -> str:
        """Name of the detector underneath."""
        return self.detector.name

    def new_shot(self) -> None:
        """After a cut nobody is where they were."""
        self._last = None

    def detect(self, grey: Frame) -> Landmarks | None:
        """Landmarks of the followed face, or None where there is none.

        An image of `CROP_SIZE` that comes right after a found face is that face's crop, in which
        the largest one is meant.
        """
        faces = self.detector.faces(grey)
        is_crop = self._crop_is_next and grey.shape == (CROP_SIZE, CROP_SIZE)
        self._crop_is_next = False
        if not faces:
            return None
        largest = max(faces, key=_width)
        if is_crop:
            return largest
        self.most = max(self.most, len(faces))
        self._crop_is_next = True
        chosen = largest
        if self._last is not None:
            nearest = min(faces, key=self._distance)
            if self._distance(nearest) <= NEAR * _width(self._last):
                chosen = nearest
            else:
                self.lost += 1
        self._last = chosen
        return chosen

    def _distance(self, face: Landmarks) -> float:
        assert self._last is not None  # asked for only then
        return float(np.linalg.norm(face.mean(axis=0) - self._last.mean(axis=0)))


def _width(face: Landmarks) -> float:
    return float(np.ptp(face[:, 0]))
