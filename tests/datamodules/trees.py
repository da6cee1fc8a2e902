"""Trees of images in which a made-up detector finds faces."""

from collections.abc import Iterable
from pathlib import Path

import cv2

from tests.datamodules.fourth import FourthDataModule
from tests.features.roi_flow.faces import FakeDetector, video


class DrawnFaces(FourthDataModule):
    """Clips of the fourth data set that show no real faces."""

    detector = FakeDetector()


def write_frames(folder: Path, names: Iterable[str], seed: int) -> None:
    """One frame of a drifting texture per name."""
    folder.mkdir(parents=True)
    files = list(names)
    for name, frame in zip(files, video(seed, len(files)), strict=True):
        assert cv2.imwrite(str(folder / name), frame)
