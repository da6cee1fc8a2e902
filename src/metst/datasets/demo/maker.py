"""Making the demo data set, see `metst.datasets.generated.place`."""

import logging
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

import cv2

from metst.datasets.demo.options import DemoOptions, video_folder
from metst.datasets.demo.portrait import Face, identity, photograph
from metst.datasets.demo.render import render
from metst.datasets.demo.script import VideoScript, write_scripts
from metst.datasets.demo.sheet import write_examples
from metst.datasets.demo.tables import FULL_FILE, ME_FILE, write_tables
from metst.datasets.generated.filming import as_jpeg, for_each_video, write_video
from metst.datasets.generated.place import Place
from metst.datasets.generated.sheet import SHEET_FILE

_log = logging.getLogger(__name__)

RECIPE: Final = 1
"""Version of the recipe: raised whenever the same options give other pictures or labels."""

JPEG_QUALITY: Final = 95

_FILES: Final = (ME_FILE, FULL_FILE, SHEET_FILE)


def generate(root: Path, options: DemoOptions, workers: int, *, overwrite: bool = False) -> None:
    """Make the demo data set in `root`, or what is missing of it; nothing if it is complete.

    Args:
        root: a new or empty folder, or one that holds a demo of the same options.
        options: what to make; the pictures and labels depend on nothing else.
        workers: processes over the videos.
        overwrite: remove a demo of other options first. What is not a demo is never removed.

    Raises:
        DataError: the folder holds something else, cannot be written, or the disk is full; videos
            that were finished are kept.
    """
    place = _place(root, options)
    place.reserve(overwrite=overwrite)
    if _missing_parts(root, options):
        _make(place, options, workers)
    else:
        _log.info("demo data set in %s: complete, nothing to do", root)


def is_complete(root: Path, options: DemoOptions) -> bool:
    """Whether `root` holds all of the demo of these options; takes milliseconds.

    Raises:
        DataError: the claim cannot be read.
    """
    return _place(root, options).is_reserved() and not _missing_parts(root, options)


def _place(root: Path, options: DemoOptions) -> Place:
    wanted = {"recipe": RECIPE, **asdict(options)}
    return Place(root, "demo.json", "demo data set", wanted, ("data", *_FILES))


def _missing_parts(root: Path, options: DemoOptions) -> list[Path]:
    """Videos, tables and pictures that do not exist yet."""
    videos = [
        video_folder(root, subject, video)
        for subject in options.subject_names
        for video in options.video_names
    ]
    return [path for path in [*videos, *(root / name for name in _FILES)] if not path.exists()]


def _make(place: Place, options: DemoOptions, workers: int) -> None:
    scripts = write_scripts(options)
    missing = [s for s in scripts if not video_folder(place.root, s.subject, s.video).exists()]
    if missing:
        job = partial(film, place, options, photograph())
        for_each_video(place, place.title, job, missing, lambda _: options.frames, workers)
    with place.errors():
        write_tables(place.root, scripts)
        write_examples(place.root, scripts)
        place.finish()


def film(place: Place, options: DemoOptions, photo: Face, script: VideoScript) -> None:
    """Write the frames of one video; its folder appears when the last one is written.

    Raises:
        DataError: a frame cannot be written.
    """
    cv2.setNumThreads(1)  # frames are small, and the other cores film other videos
    folder = video_folder(place.root, script.subject, script.video)
    write_video(place, folder, _images(options, photo, script))


def _images(options: DemoOptions, photo: Face, script: VideoScript) -> Iterator[tuple[str, bytes]]:
    face = identity(photo, script.subject, options)
    for number, frame in enumerate(render(script, face, options), start=1):
        yield f"color/{number}.jpg", as_jpeg(frame, JPEG_QUALITY)
