"""The folder of a set of rendered heads: whose it is, and what is missing of it.

Apart from `maker`, which takes seconds to import: whoever only uses a set needs none of it.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from metst.base.errors import DataError
from metst.datasets.generated.place import Place
from metst.datasets.generated.sheet import SHEET_FILE
from metst.datasets.heads.layout import (
    CLIPS,
    FOLDERS,
    TABLES,
    TRUTH,
    VIDEOS_FILE,
    clip_file,
    truth_file,
    video_folder,
)
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.script import VideoPlan, write_plans

RECIPE: Final = 1
"""Version of the recipe: raised whenever the same options give other pictures or labels.

Scores are comparable within a version only.
"""

_PARTS: Final = (
    *FOLDERS.values(),
    *(file for files in TABLES.values() for file in files),
    *(TRUTH, CLIPS, SHEET_FILE),
)


def is_complete(root: Path, options: HeadsOptions) -> bool:
    """Whether `root` holds all of the set of these options; takes less than a second.

    Raises:
        DataError: the claim cannot be read.
    """
    place = place_of(root, options)
    return place.is_reserved() and is_whole(place, options, write_plans(options))


def digest(root: Path, options: HeadsOptions) -> str:
    """Digest of the pixels of a complete set.

    Raises:
        DataError: the set is not complete.
    """
    made = place_of(root, options).made()
    if made is None:
        raise DataError(root, "expected a complete set of rendered heads; make it: metst heads")
    return str(made["digest"])


def place_of(root: Path, options: HeadsOptions) -> Place:
    """The place of a set."""
    wanted = {"recipe": RECIPE, **asdict(options)}
    return Place(root, "heads.json", "set of rendered heads", wanted, _PARTS)


def is_whole(place: Place, options: HeadsOptions, plans: Sequence[VideoPlan]) -> bool:
    """Whether nothing of the planned set is missing, and its digest is known."""
    subjects = dict.fromkeys(plan.subject for plan in plans)
    clips = [clip_file(place.root, subject) for subject in subjects]
    files = [place.root / name for name in (*TABLES[options.layout], VIDEOS_FILE, SHEET_FILE)]
    there = all(path.exists() for path in (*files, *clips))
    return there and place.made() is not None and not missing(place.root, options, plans)


def missing(root: Path, options: HeadsOptions, plans: Sequence[VideoPlan]) -> list[VideoPlan]:
    """Videos whose frames or truth do not exist yet."""
    return [
        p
        for p in plans
        if not video_folder(root, options.layout, p.subject, p.video).exists()
        or not truth_file(root, p.subject, p.video).exists()
    ]
