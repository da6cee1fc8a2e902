"""Files with what is exactly known of the videos: written without pickle, read without it.

Shapes: T own frames of a video, U units, A action units and sides.
"""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import DataError
from metst.base.files import write_atomic
from metst.datasets.conditions import Activity, Conditions, Curves
from metst.datasets.heads.layout import VIDEOS_FILE, truth_file
from metst.datasets.heads.script.video import VideoScript
from metst.datasets.heads.units import ACTION_UNITS, SIDED, UNITS
from metst.datasets.labels.annotations import VideoKey

_SIDES = ("Left", "Right")


def write_truth(
    root: Path, script: VideoScript, seen: Mapping[str, NDArray[Any]], digest: str
) -> None:
    """Write the true curves of a video.

    Args:
        root: folder of the set.
        script: what happens in the video.
        seen: what follows from the geometry: landmarks (T, 68, 2), visible (T, 68).
        digest: of the pixels.

    Raises:
        OSError: the file cannot be written.
    """
    arrays: dict[str, Any] = {
        "names": np.array(UNITS),
        "units": script.units,
        "gaze": script.gaze,
        "pose": script.pose,
        "light": script.light,
        "digest": np.array(digest),
        **seen,
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_atomic(truth_file(root, script.subject, script.video), buffer.getvalue())


def read_truth(root: Path, subject: str, video: str, *names: str) -> dict[str, NDArray[Any]]:
    """Some arrays of a video's truth.

    Raises:
        DataError: the file is missing or damaged.
    """
    path = truth_file(root, subject, video)
    try:
        with np.load(path) as arrays:
            return {name: arrays[name] for name in names}
    except (OSError, BadZipFile, KeyError, ValueError, EOFError) as error:
        msg = f"cannot be read ({error}); delete it and make the set again: metst heads"
        raise DataError(path, msg) from error


def action_units(root: Path, subject: str, video: str) -> Curves:
    """Intensity (T,) of each action unit and side, the strongest of its units; `AU 12 left`.

    Raises:
        DataError: the file is missing or damaged.
    """
    truth = read_truth(root, subject, video, "names", "units")
    curves: dict[str, NDArray[np.float32]] = {}
    for name, curve in zip(truth["names"].tolist(), truth["units"].T, strict=True):
        number, side = action_unit(name)
        if number is not None:
            text = f"AU {number} {side}".rstrip()
            curves[text] = np.maximum(curves.get(text, np.float32(0)), curve)
    return curves


def action_unit(name: str) -> tuple[int | None, str]:
    """Number of the action unit of a face unit, None where it is none, and its side."""
    for side in _SIDES:
        bare = name.removesuffix(side)
        if bare != name and bare in SIDED:
            return ACTION_UNITS.get(bare), side.lower()
    return ACTION_UNITS.get(name), ""


def write_conditions(root: Path, conditions: Iterable[tuple[VideoKey, Conditions]]) -> None:
    """Write what is special about the videos.

    Raises:
        OSError: the file cannot be written.
    """
    videos = [
        {"subject": subject, "video": video, **asdict(special)}
        for (subject, video), special in conditions
    ]
    write_atomic(root / VIDEOS_FILE, json.dumps(videos, indent=1).encode())


def read_conditions(root: Path) -> dict[VideoKey, Conditions]:
    """What is special about each video.

    Raises:
        DataError: the file is missing or damaged.
    """
    path = root / VIDEOS_FILE
    try:
        return {
            (video["subject"], video["video"]): Conditions(
                tuple(video["groups"]),
                tuple(Activity(**activity) for activity in video["activities"]),
            )
            for video in json.loads(path.read_bytes())
        }
    except (OSError, ValueError, TypeError, KeyError) as error:
        msg = f"cannot be read ({error}); delete it and make the set again: metst heads"
        raise DataError(path, msg) from error
