"""Made-up faces: textures, a template of landmarks, and a detector that knows where they are."""

import cv2
import numpy as np

from metst.video import Frame
from metst.video.face import LANDMARKS, Landmarks

SIDE = 240  # height and width of a frame, pixels


def template() -> Landmarks:
    """68 landmarks in a 320 x 320 crop, roughly where those of a frontal face are."""
    points = np.full((LANDMARKS, 2), 160, np.int64)
    points[17:22] = np.linspace((50, 80), (130, 78), 5)
    points[22:27] = np.linspace((180, 77), (262, 82), 5)
    points[[19, 24], 1] = 62, 60
    points[27:31] = np.linspace((158, 110), (159, 165), 4)
    points[31:36] = np.linspace((130, 182), (190, 184), 5)
    points[48:68] = np.linspace((105, 232), (215, 230), 20)
    points[[51, 57], 1] = 218, 258
    return points


def texture(seed: int, height: int = SIDE, width: int = SIDE) -> Frame:
    """Smooth random grey values that flow can be measured on."""
    noise = np.random.default_rng(seed).normal(size=(height, width))
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    return cv2.normalize(smooth, np.empty(0), 1, 255, cv2.NORM_MINMAX).astype(np.uint8)


def shifted(image: Frame, right: float, down: float) -> Frame:
    """The image moved by some pixels."""
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float64)
    height, width = image.shape
    moved = cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    return moved.astype(np.uint8)


def video(seed: int, frames: int, speed: float = 0.05) -> Frame:
    """Frames (T, H, W) of a texture that drifts and is warped a little differently everywhere."""
    still, rng = texture(seed), np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    push = [
        cv2.GaussianBlur(rng.normal(size=(SIDE, SIDE)).astype(np.float32), (0, 0), 20) * 300
        for _ in range(2)
    ]
    moved = [
        cv2.remap(
            still,
            (columns + np.sin(t / 5) * push[0] + t * speed).astype(np.float32),
            (rows + np.sin(t / 7) * push[1]).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        for t in range(frames)
    ]
    return np.stack(moved).astype(np.uint8)


class FakeDetector:
    """Sees a face with given eyes in every frame that is not black."""

    def __init__(
        self, x: int = 120, y: int = 110, unit: int = 20, points: Landmarks | None = None
    ) -> None:
        self.x, self.y, self.unit = x, y, unit
        self.points = template() if points is None else points
        self.searched = 0

    @property
    def name(self) -> str:
        return "fake 1"

    def detect(self, grey: Frame) -> Landmarks | None:
        self.searched += 1
        if not grey.any():
            return None
        points = self.points.copy()
        if grey.shape != (320, 320):
            points[[39, 42]] = (self.x - self.unit, self.y), (self.x + self.unit, self.y)
        return points
