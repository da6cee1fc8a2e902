"""What the linter must know of a data set: its tables, its folders, its published counts."""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from metst.errors import ConfigError, DataError
from metst.labels.annotations import Annotations, VideoKey
from metst.labels.casme3 import read_casme3
from metst.labels.records import Timebase
from metst.labels.sammlv import read_sammlv
from metst.video import IMAGE_SUFFIXES, natural_key


@dataclass(frozen=True)
class VideoFolder:
    """The images of one video.

    Attributes:
        names: of the image files, in no order.
    """

    subject: str
    video: str
    path: Path
    names: Sequence[str]

    @property
    def key(self) -> VideoKey:
        """Subject and video."""
        return self.subject, self.video


@dataclass(frozen=True)
class DataSet:
    """Facts of one data set.

    Attributes:
        read: reads the label tables of a folder.
        folders: lists the videos below the root of the data set.
        by_name: a frame number means the file of that number, not the position in file order.
        apex_optional: the tables mark an apex that could not be annotated; that is no finding.
        published: counts in the publications, by key of the report; several where they differ.
    """

    name: str
    read: Callable[[Path], Annotations]
    folders: Callable[[Path], Iterator[VideoFolder]]
    timebase: Timebase
    by_name: bool
    apex_optional: bool
    published: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    numbered: ClassVar[bool] = True
    """The names of the images carry frame numbers."""

    def last_number(self, names: Sequence[str]) -> int:
        """Own number of the last frame of a folder with these images."""
        numbers = (number for name in names if (number := frame_number(name)) is not None)
        return max(numbers, default=0) if self.by_name else len(names)

    def length(self, names: Sequence[str]) -> int:
        """Sub-sampled frames of a folder with these images."""
        return -(-self.last_number(names) // self.timebase.skip)


def casme3_folders(root: Path) -> Iterator[VideoFolder]:
    """Videos below `<root>/data/<subject>/<video>/color/`."""
    for subject in _folders(root / "data"):
        for video in _folders(subject):
            images = video / "color"
            names = image_names(images) if images.is_dir() else []
            yield VideoFolder(subject.name, video.name, images, names)


def sammlv_folders(root: Path) -> Iterator[VideoFolder]:
    """Videos below `<root>/SAMM_longvideos/<subject>_<n>/`."""
    for video in _folders(root / "SAMM_longvideos"):
        yield VideoFolder(video.name.split("_")[0], video.name, video, image_names(video))


def image_names(folder: Path) -> list[str]:
    """Names of the images in a folder, hidden files left out; no file is opened."""
    with os.scandir(folder) as entries:
        names = [e.name for e in entries]
    suffixes = tuple(IMAGE_SUFFIXES)
    return [n for n in names if n.lower().endswith(suffixes) and not n.startswith(".")]


def frame_number(name: str) -> int | None:
    """Number at the end of an image name (`12.jpg`, `006_1_0012.jpg`); None where there is none."""
    digits = re.search(r"(\d+)\.[^.]*$", name)
    return int(digits.group(1)) if digits else None


def _folders(parent: Path) -> list[Path]:
    """Folders in `parent` in natural order, hidden ones left out."""
    if not parent.is_dir():
        msg = "no such folder; expected the images of the data set below it"
        raise DataError(parent, msg)
    with os.scandir(parent) as entries:
        names = [e.name for e in entries if e.is_dir() and not e.name.startswith(".")]
    return [parent / name for name in sorted(names, key=natural_key)]


CASME3 = DataSet(
    name="casme3",
    read=read_casme3,
    folders=casme3_folders,
    timebase=Timebase(fps=30.0),
    by_name=True,
    apex_optional=False,
    published={
        "micro": (860,),
        "subjects": (94,),
        "videos": (463, 462),
        "macro": (3342, 3346),
        "folder_videos": (1300,),
        "folder_subjects": (100,),
    },
)
"""CAS(ME)^3, part A (Li et al. 2022; its label files count four macro-expressions more)."""

SAMMLV = DataSet(
    name="sammlv",
    read=read_sammlv,
    folders=sammlv_folders,
    timebase=Timebase(fps=200.0, skip=7),
    by_name=False,
    apex_optional=True,
    published={
        "micro": (159,),
        "macro": (343,),
        "annotated_videos": (147,),
        "annotated_subjects": (32, 30),
        "folder_videos": (147,),
        "folder_subjects": (32, 30),
    },
)
"""SAMM Long Videos (Yap et al. 2020: 32 subjects; its label tables name 30)."""

DEMO = DataSet(
    name="demo",
    read=read_casme3,
    folders=casme3_folders,
    timebase=Timebase(fps=30.0),
    by_name=True,
    apex_optional=False,
)
"""The demo data: layout and columns of CAS(ME)^3, nothing published."""

DATASETS: Mapping[str, DataSet] = {d.name: d for d in (CASME3, SAMMLV, DEMO)}


def dataset(name: str) -> DataSet:
    """Facts of a data set by name.

    Raises:
        ConfigError: there is no such data set.
    """
    if name not in DATASETS:
        msg = f"unknown data set {name!r}; known are {', '.join(DATASETS)}; others: --config"
        raise ConfigError(msg)
    return DATASETS[name]
