"""Frames of a video, read one at a time: no video is ever held in memory as a whole."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.base.settings import require
from metst.video.folder import Remark
from metst.video.images import Frame, read_grey


class FrameSource(Protocol):
    """A video as numbered frames; frame i of n, in the order of time."""

    @property
    def path(self) -> Path:
        """What messages name as the origin of the frames."""
        ...

    def __len__(self) -> int: ...

    def read(self, index: int) -> Frame:
        """Frame `index`, grey.

        Raises:
            VideoError: the frame cannot be read.
        """
        ...


class ImageFolder:
    """A video kept as one image file per frame; a file may stand for several frames.

    Args:
        paths: file of each frame. All frames have the size of the first one that is read.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self._shape: tuple[int, ...] | None = None

    @property
    def path(self) -> Path:
        """Folder of the first image."""
        return self.paths[0].parent if self.paths else Path()

    def __len__(self) -> int:
        return len(self.paths)

    def read(self, index: int) -> Frame:
        """Frame `index`; `VideoError` where its file is missing, broken or of another size."""
        path = self.paths[index]
        frame = read_grey(path)
        self._shape = self._shape or frame.shape
        if frame.shape != self._shape:
            (height, width), (expected_height, expected_width) = frame.shape, self._shape
            msg = (
                f"expected an image of {expected_width} x {expected_height} pixels like the others "
                f"of its video, found {width} x {height}"
            )
            raise VideoError(path, msg)
        return frame


class ArrayFrames:
    """A video that is in memory already.

    Args:
        frames: 8 bits, grey (T, H, W) or red, green, blue (T, H, W, 3).

    Raises:
        ConfigError: another type or shape.
    """

    def __init__(self, frames: NDArray[np.uint8]) -> None:
        right = frames.dtype == np.uint8 and frames.size > 0
        right &= frames.ndim == 3 or frames.shape[3:] == (3,)
        found = f"{frames.dtype} {frames.shape}"
        require("frames", found, right, "uint8, grey (T, H, W) or red, green, blue (T, H, W, 3)")
        self.frames = frames
        self.path = Path("array")

    def __len__(self) -> int:
        return len(self.frames)

    def read(self, index: int) -> Frame:
        """Frame `index`."""
        frame: Frame = np.ascontiguousarray(self.frames[index])
        return frame if frame.ndim == 2 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY))


class RepairedFrames:
    """Frames of a source in which the nearest good frame before takes the place of a broken one.

    Broken frames at the start are replaced by the first good one. The outcome does not depend on
    the order of reading.

    Attributes:
        broken: frames met so far that could not be read, with the reason.
    """

    def __init__(self, source: FrameSource) -> None:
        self.source = source
        self.broken: dict[int, str] = {}

    @property
    def path(self) -> Path:
        """Origin of the underlying frames."""
        return self.source.path

    def __len__(self) -> int:
        return len(self.source)

    @property
    def remarks(self) -> list[Remark]:
        """One remark per broken image met so far; an image may stand for several frames."""
        reasons = dict.fromkeys(self.broken[index] for index in sorted(self.broken))
        instead = "the nearest good frame before it is used instead"
        return [("bad-image", f"{reason}; {instead}") for reason in reasons]

    def read(self, index: int) -> Frame:
        """Frame `index` or its replacement; raises `VideoError` if no frame at all can be read."""
        for candidate in chain(range(index, -1, -1), range(index + 1, len(self))):
            if candidate in self.broken:
                continue
            try:
                return self.source.read(candidate)
            except VideoError as error:
                self.broken[candidate] = str(error)
        msg = f"none of its {len(self)} images can be read"
        raise VideoError(self.path, msg)
