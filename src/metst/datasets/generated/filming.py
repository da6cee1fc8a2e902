"""Videos of a generated data set: made in parallel, each appearing when it is whole."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import DataError
from metst.base.executors import Processes
from metst.base.progress import progress
from metst.datasets.generated.place import Place

J = TypeVar("J")
R = TypeVar("R")

Picture = NDArray[np.uint8]
"""A frame (H, W, 3): blue, green, red."""


def for_each_video(
    place: Place,
    title: str,
    job: Callable[[J], R],
    videos: Sequence[J],
    frames: Callable[[J], int],
    workers: int,
) -> list[R]:
    """What `job` returns for each video, in the order they are done.

    Args:
        place: of the data set.
        title: of the progress, which counts frames.
        job: makes one video, in any process.
        videos: the jobs.
        frames: number of frames of a job.
        workers: processes.

    Raises:
        DataError: some videos failed; all others are done.
    """
    errors: list[str] = []
    results: list[R] = []
    with progress(title, sum(map(frames, videos)), "frames") as advance:
        for outcome in Processes(workers).run(job, videos):
            if outcome.error is not None:
                errors.append(outcome.error)
            elif outcome.result is not None:
                results.append(outcome.result)
            advance(frames(outcome.job))
    if errors:
        msg = f"{len(errors)} of {len(videos)} videos could not be made: {errors[0]}"
        raise DataError(place.root, msg)
    return results


def write_video(place: Place, folder: Path, images: Iterable[tuple[str, bytes]]) -> None:
    """Write the images of one video; its folder appears when the last one is written.

    Args:
        place: of the data set.
        folder: of the video; one that is there is replaced.
        images: name below `folder` and contents of each file; made as they are written.

    Raises:
        DataError: a file cannot be written.
    """
    unfinished = place.unfinished / ".".join(folder.relative_to(place.root).parts[1:])
    with place.errors():
        for old in (unfinished, folder):
            if old.exists():
                shutil.rmtree(old)
        unfinished.mkdir(parents=True)
        for name, data in images:
            file = unfinished / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(data)
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.rename(folder)


def as_jpeg(picture: Picture, quality: int) -> bytes:
    """A picture as a JPEG of a quality from 0 to 100."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()
