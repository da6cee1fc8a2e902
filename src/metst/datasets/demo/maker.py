"""Making the demo data set: safe to interrupt, to repeat, and to point at the wrong folder.

`demo.json` is written first and claims the folder for its options. Every video, table and picture
then appears in one step under its final name, so what exists is whole, and running again makes
what is missing.
"""

import errno
import json
import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

import cv2

from metst.base.errors import DataError
from metst.base.executors import Processes
from metst.base.files import write_atomic
from metst.base.progress import progress
from metst.base.settings import changes
from metst.datasets.demo.options import DemoOptions, video_folder
from metst.datasets.demo.portrait import Face, identity, photograph
from metst.datasets.demo.render import render
from metst.datasets.demo.script import VideoScript, write_scripts
from metst.datasets.demo.sheet import SHEET_FILE, write_sheet
from metst.datasets.demo.tables import FULL_FILE, ME_FILE, write_tables

_log = logging.getLogger(__name__)

RECIPE: Final = 1
"""Version of the recipe: raised whenever the same options give other pictures or labels."""

JPEG_QUALITY: Final = 95

CLAIM: Final = "demo.json"
UNFINISHED: Final = ".unfinished"
"""Folder of the videos being written; they move to their place when they are whole."""


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
    with _data_errors(root):
        _claim(root, options, overwrite=overwrite)
    if _missing_parts(root, options):
        _make(root, options, workers)
    else:
        _log.info("demo data set in %s: complete, nothing to do", root)


def is_complete(root: Path, options: DemoOptions) -> bool:
    """Whether `root` holds all of the demo of these options; takes milliseconds.

    Raises:
        DataError: the claim cannot be read.
    """
    return _claimed(root) == _description(options) and not _missing_parts(root, options)


def _description(options: DemoOptions) -> dict[str, object]:
    return {"recipe": RECIPE, **asdict(options)}


def _claimed(root: Path) -> dict[str, object] | None:
    """What the demo in this folder was made with; None if no demo is there."""
    path = root / CLAIM
    try:
        claim = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        msg = f"not valid JSON ({error}); delete it if this folder holds nothing but the demo"
        raise DataError(path, msg) from error
    if not isinstance(claim, dict):
        msg = "expected the options of a demo data set; choose another folder"
        raise DataError(path, msg)
    return claim


def _claim(root: Path, options: DemoOptions, *, overwrite: bool) -> None:
    """Make sure that `root` is the place of the demo of these options and of nothing else."""
    wanted, claimed = _description(options), _claimed(root)
    if claimed == wanted:
        return
    if claimed is not None:
        if not overwrite:
            raise DataError(root, _difference(claimed, wanted))
        _remove(root)
    elif root.exists() and not (root.is_dir() and not any(root.iterdir())):
        msg = "expected a new or empty folder for the demo data set, but it holds something else"
        raise DataError(root, msg)
    write_atomic(root / CLAIM, json.dumps(wanted, indent=2).encode())


def _difference(claimed: dict[str, object], wanted: dict[str, object]) -> str:
    changed = changes(wanted, claimed)
    there = ", ".join(f"{name} {claims}" for name, (_, claims) in changed.items())
    here = ", ".join(f"{name} {wants}" for name, (wants, _) in changed.items())
    return (
        f"holds a demo data set with {there}; asked for {here}. "
        "Choose another folder, or allow it to be overwritten"
    )


def _remove(root: Path) -> None:
    """Remove a demo: the claim last, so that an interrupted removal is taken up again."""
    for folder in (root / "data", root / UNFINISHED):
        if folder.exists():
            shutil.rmtree(folder)
    for name in (ME_FILE, FULL_FILE, SHEET_FILE, CLAIM):
        (root / name).unlink(missing_ok=True)


def _missing_parts(root: Path, options: DemoOptions) -> list[Path]:
    """Videos, tables and pictures that do not exist yet."""
    videos = [
        video_folder(root, subject, video)
        for subject in options.subject_names
        for video in options.video_names
    ]
    files = [root / name for name in (ME_FILE, FULL_FILE, SHEET_FILE)]
    return [path for path in [*videos, *files] if not path.exists()]


def _make(root: Path, options: DemoOptions, workers: int) -> None:
    scripts = write_scripts(options)
    missing = [s for s in scripts if not video_folder(root, s.subject, s.video).exists()]
    if missing:
        _film_all(root, options, missing, workers)
    with _data_errors(root):
        write_tables(root, scripts)
        write_sheet(root, scripts)
        if (root / UNFINISHED).exists():
            shutil.rmtree(root / UNFINISHED)


def _film_all(
    root: Path, options: DemoOptions, scripts: Sequence[VideoScript], workers: int
) -> None:
    job = partial(film, root, options, photograph())
    errors: list[str] = []
    with progress("demo data set", len(scripts) * options.frames, "frames") as advance:
        for outcome in Processes(workers).run(job, scripts):
            if outcome.error is not None:
                errors.append(outcome.error)
            advance(options.frames)
    if errors:
        msg = f"{len(errors)} of {len(scripts)} videos could not be made: {errors[0]}"
        raise DataError(root, msg)


def film(root: Path, options: DemoOptions, photo: Face, script: VideoScript) -> None:
    """Write the frames of one video; its folder appears when the last one is written.

    Raises:
        DataError: a frame cannot be written.
    """
    cv2.setNumThreads(1)  # frames are small, and the other cores film other videos
    unfinished = root / UNFINISHED / f"{script.subject}.{script.video}"
    finished = video_folder(root, script.subject, script.video)
    face = identity(photo, script.subject, options)
    with _data_errors(root):
        if unfinished.exists():
            shutil.rmtree(unfinished)
        (unfinished / "color").mkdir(parents=True)
        for number, frame in enumerate(render(script, face, options), start=1):
            _, jpeg = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
            (unfinished / "color" / f"{number}.jpg").write_bytes(jpeg.tobytes())
        finished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.rename(finished)


@contextmanager
def _data_errors(root: Path) -> Iterator[None]:
    """Raise errors of the file system as `DataError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            msg = "the disk is full; free some space and run again (finished videos are kept)"
        else:
            msg = f"cannot write the demo data set: {error}"
        raise DataError(root, msg) from error
