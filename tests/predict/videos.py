"""Videos that tests make."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def write_video(
    path: Path, frames: Iterable[Picture], fps: float = 30.0, codec: str = "mp4v"
) -> Path:
    """Write color frames as a file; OpenCV chooses the container by the suffix."""
    writer: cv2.VideoWriter | None = None
    for frame in frames:
        if writer is None:
            size = frame.shape[1], frame.shape[0]
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), fps, size)
            assert writer.isOpened()
        writer.write(frame)
    assert writer is not None
    writer.release()
    return path


def numbered(count: int, size: int = 64) -> list[Picture]:
    """Pictures whose brightness tells their number: 2 grey levels per frame, from 20 on."""
    return [np.full((size, size, 3), 20 + 2 * i, np.uint8) for i in range(count)]


def number_of(frame: NDArray[np.uint8]) -> int:
    """Number of a picture of `numbered`, from its brightness."""
    return round((float(frame.mean()) - 20) / 2)


def images(folder: Path) -> Sequence[Picture]:
    """Pictures of a folder that are named by their numbers."""
    files = sorted(folder.glob("*.jpg"), key=lambda file: int(file.stem))
    return [np.asarray(cv2.imread(str(file)), np.uint8) for file in files]
