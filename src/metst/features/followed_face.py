"""One face among several: the largest first, then the one that is where it was."""

from collections.abc import Sequence

from metst.features.roi_flow.crop import CROP_SIZE
from metst.video import Frame
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import (
    FaceDetector,
    Landmarks,
    is_whole,
    nearest,
    width,
)


class FollowedFace:
    """A detector that stays with one person; a `metst.video.face.FaceDetector`.

    Faces are searched for anew in every image, so one that was lost is taken up when it is back.
    Training looks at the first face that is named, which with one person is the same.

    Attributes:
        name: of the detector underneath.
        most: most faces seen in one frame.
        lost: how often another face had to be taken up.

    Raises:
        BackendError: the detector is not installed.
    """

    def __init__(self, detector: FaceDetector | None = None) -> None:
        self.detector = detector or face_detector(DEFAULT)
        self.name = self.detector.name
        self.most = self.lost = 0
        self._last: Landmarks | None = None
        self._crop_is_next = False

    def new_shot(self) -> None:
        """After a cut nobody is where they were."""
        self._last = None

    def detect(self, grey: Frame) -> Landmarks | None:
        """Landmarks of the followed face, or None where there is none.

        An image of `CROP_SIZE` that comes right after a face in whole pixels is that face's crop,
        in which the largest one is meant.
        """
        faces = self.detector.faces(grey)
        is_crop = self._crop_is_next and grey.shape == (CROP_SIZE, CROP_SIZE)
        self._crop_is_next = False
        if not faces:
            return None
        chosen = max(faces, key=width)
        if is_crop:
            return chosen
        self.most = max(self.most, len(faces))
        if self._last is not None:
            near = nearest(faces, self._last)
            self.lost += near is None
            chosen = chosen if near is None else near
        self._last, self._crop_is_next = chosen, is_whole(chosen)
        return chosen

    def faces(self, grey: Frame) -> Sequence[Landmarks]:
        """Landmarks of all faces, whoever is followed."""
        return self.detector.faces(grey)

    def follow(self, grey: Frame, last: Landmarks) -> Landmarks | None:
        """Landmarks of the face that was at `last` in a neighbouring frame; None if it is gone."""
        self._crop_is_next = False
        return self.detector.follow(grey, last)
