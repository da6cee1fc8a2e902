"""Flow images and face boxes as features of a video, ready for the store.

Shapes: P images, k frames from one image of a pair to the other.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from copy import copy
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.settings import require
from metst.features.flow_images.face import BoxDetector, Face, Images, cut, find_face
from metst.features.flow_images.images import SHAPE, mean_channels, ranges, regions, softnet_raw
from metst.features.flow_images.strain import Planes
from metst.features.store import Arrays, Entry, FeatureSpec
from metst.video import Frame, FrameSource, ImageFolder, Remark, RepairedFrames
from metst.video.face import DlibDetector

VERSION = 1
"""Raised whenever this package gives other numbers for the same frames."""

METHOD = "tv_l1"
"""Whose optical flow it is: `metst.features.tv_l1`."""


class FlowImages:
    """Flow of brows and mouth from each frame to one shortly after; a `Feature`.

    Image t is that of the frames `every` t and `every` t + k. Entries hold `images`, float16
    (P, 3, 42, 42), in pixels (`metst.features.flow_images.images`); for MEAN also `ranges`, least
    and largest value of each channel over the whole crop, float32 (P, 3, 2), of which `normalized`
    makes what the network reads; the face's `box` as top, bottom, left, right, int64 (4,), and its
    `landmarks` as (x, y) in the crop, int64 (68, 2).

    Args:
        images: whose they are.
        step: seconds between the two frames of a pair; at least one frame is taken.
        every: frames from one pair to the next.
        detector: finds the face; default dlib, as published.

    Raises:
        ConfigError: an argument is out of its range.
    """

    def __init__(
        self,
        images: Images,
        step: float = 0.1,
        every: int = 1,
        detector: BoxDetector | None = None,
    ) -> None:
        known = get_args(Images)
        require("images", images, images in known, " or ".join(known))
        require("step", step, 0 < step < float("inf"), "seconds above 0")
        require("every", every, every >= 1, "1 frame or more")
        self.images, self.step, self.every = images, step, every
        self.detector = detector or DlibDetector()
        self._fps = 0.0

    def at(self, fps: float) -> "FlowImages":
        """See `metst.features.feature.RateDependent`."""
        self._require_rate(fps)
        known = copy(self)
        known._fps = fps
        return known

    @property
    def k(self) -> int:
        """Frames from one image of a pair to the other; `ConfigError` without a frame rate."""
        self._require_rate(self._fps)
        return max(1, int(self.step * self._fps + 0.5))

    @property
    def spec(self) -> FeatureSpec:
        """Name of the features in the store: everything that changes their numbers."""
        parameters = {
            "images": self.images,
            "step": self.k,
            "every": self.every,
            "flow": METHOD,
            "detector": self.detector.name,
            "opencv": cv2.__version__,
        }
        return FeatureSpec("flow_images", VERSION, parameters, label=f"{self.images}-k{self.k}")

    def measure(self, frames: Sequence[Path]) -> Entry:
        """Flow images of one video.

        Raises:
            VideoError: no image can be read, or none has a face.
        """
        source = RepairedFrames(ImageFolder(frames))
        face = find_face(source, self.detector, self.images)
        findings = *_late(face, frames), *_short(frames, self.k)
        arrays = self.of_face(source, face)
        return Entry(arrays, len(frames), (*source.remarks, *findings))

    def of_face(self, source: FrameSource, face: Face) -> Arrays:
        """Arrays of an entry, see above, for whatever frames, of a face in them."""
        from metst.features.tv_l1 import flow  # with numba: only who measures needs it

        pairs = _pairs(source, face, self.k, self.every)
        made = [self._image(flow(*pair), face) for pair in pairs]
        images = np.array([image for image, _ in made], np.float16).reshape(-1, *SHAPE)
        limits = np.array([limits for _, limits in made], np.float32).reshape(-1, SHAPE[0], 2)
        return (
            {"images": images}
            | ({"ranges": limits} if self.images == "mean" else {})
            | dict(_of_face(face))
        )

    def _image(self, flow: Planes, face: Face) -> tuple[NDArray[np.float16], Planes]:
        """An image of flow (2, 128, 128) in float16, and the ranges of its channels."""
        if self.images == "softnet":
            channels = image = softnet_raw(flow, face.landmarks)
        else:
            channels = mean_channels(flow)
            image = regions(channels, face.landmarks)
        return image.astype(np.float16), ranges(channels)

    def _require_rate(self, fps: float) -> None:
        rule = f"that of the data set (its timebase), for frames {self.step} s apart"
        require("frame rate", fps, fps > 0, rule)


class FaceBoxes:
    """The face of each video, where flow is computed between few frames; a `Feature`.

    Its entries hold `box` and `landmarks` as those of `FlowImages` for MEAN.

    Args:
        detector: finds the face; default dlib, as published.
    """

    def __init__(self, detector: BoxDetector | None = None) -> None:
        self.detector = detector or DlibDetector()

    @property
    def spec(self) -> FeatureSpec:
        """Name of the features in the store."""
        parameters = {"detector": self.detector.name, "opencv": cv2.__version__}
        return FeatureSpec("face_boxes", VERSION, parameters)

    def measure(self, frames: Sequence[Path]) -> Entry:
        """The face of one video.

        Raises:
            VideoError: no image can be read, or none has a face.
        """
        source = RepairedFrames(ImageFolder(frames))
        face = find_face(source, self.detector, "mean")
        return Entry(_of_face(face), len(frames), (*source.remarks, *_late(face, frames)))


def _pairs(source: FrameSource, face: Face, k: int, every: int) -> Iterator[tuple[Frame, Frame]]:
    """Crops of the two frames of each pair; at most k + 1 are in memory."""
    recent: deque[Frame] = deque(maxlen=k + 1)
    for index in range(len(source)):
        recent.append(cut(source.read(index), face.box))
        if index >= k and (index - k) % every == 0:
            yield recent[0], recent[-1]


def _of_face(face: Face) -> Arrays:
    return {"box": np.array(face.box, np.int64), "landmarks": face.landmarks}


def _late(face: Face, frames: Sequence[Path]) -> list[Remark]:
    """A face that the first frame does not show."""
    if face.index == 0:
        return []
    name = frames[face.index].name
    return [("no-face", f"no face in the first {face.index} frames; that of {name} is used")]


def _short(frames: Sequence[Path], k: int) -> list[Remark]:
    if len(frames) > k:
        return []
    few = f"has {len(frames)} frames, of which no two are {k} apart; nothing is spotted in it"
    return [("short-video", few)]
