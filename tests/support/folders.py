"""Image folders of the published layouts, with tiny images."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

_, _encoded = cv2.imencode(".jpg", np.full((8, 8), 128, np.uint8))
JPEG = _encoded.tobytes()


def casme3_video(root: Path, subject: str, video: str, numbers: Iterable[int]) -> Path:
    """Images of one CAS(ME)^3 video; returns their folder."""
    return _images(root / "data" / subject / video / "color", (f"{n}.jpg" for n in numbers))


def samm_video(root: Path, video: str, numbers: Iterable[int]) -> Path:
    """Images of one SAMM Long Videos video; returns their folder."""
    names = (f"{video}_{n:05d}.jpg" for n in numbers)
    return _images(root / "SAMM_longvideos" / video, names)


def _images(folder: Path, names: Iterable[str]) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(JPEG)
    return folder
