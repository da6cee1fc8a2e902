"""The first face of a video, for features that look in one place all the time."""

from metst.features.roi_flow import NoFaceError
from metst.video import Frame, FrameSource
from metst.video.face import LandmarkDetector, Landmarks


def first_face(source: FrameSource, detector: LandmarkDetector) -> tuple[Frame, Landmarks]:
    """The first frame that shows a face, and its landmarks, of which some are inside the frame.

    Raises:
        NoFaceError: none does.
        VideoError: no image can be read.
    """
    for index in range(len(source)):
        frame = source.read(index)
        found = detector.detect(frame)
        if found is not None and _inside(found, frame):
            return frame, found
    msg = f"no face found in {len(source)} frames; the video cannot be analyzed"
    raise NoFaceError(source.path, msg)


def _inside(landmarks: Landmarks, frame: Frame) -> bool:
    return bool(((landmarks >= 0) & (landmarks < frame.shape[::-1])).all(axis=1).any())
