"""What the linter must know of a data set: its tables, its folders, its published counts."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from metst.base.errors import ConfigError, DataError, VideoError
from metst.base.names import natural_key
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.casme3 import read_casme3
from metst.datasets.labels.records import Timebase
from metst.datasets.labels.sammlv import read_sammlv
from metst.video import FrameNamesError, Remark, frame_files, frame_number


@dataclass(frozen=True)
class VideoFolder:
    """The images of one video.

    Attributes:
        names: of the image files that are frames, in natural order.
        numbers: frame numbers of the names, ascending; empty where the names carry none.
        remarks: on images that were set aside, or on why the video is no use.
    """

    subject: str
    video: str
    path: Path
    names: Sequence[str] = ()
    numbers: Sequence[int] = ()
    remarks: Sequence[Remark] = ()

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

    def last_number(self, names: Sequence[str]) -> int:
        """Own number of the last frame of a folder with these frames."""
        if not self.by_name:
            return len(names)
        return max((frame_number(name) or 0 for name in names), default=0)

    def length(self, names: Sequence[str]) -> int:
        """Sub-sampled frames of a folder with these frames."""
        return -(-self.last_number(names) // self.timebase.skip)


Place = tuple[str, str, Path]
"""Subject, video, and the folder of its images."""


def casme3_videos(root: Path) -> Iterator[Place]:
    """Videos `<root>/data/<subject>/<video>`, whose images lie in `color`."""
    for subject in _folders(root / "data"):
        for video in _folders(subject):
            yield subject.name, video.name, video / "color"


def sammlv_videos(root: Path) -> Iterator[Place]:
    """Videos `<root>/SAMM_longvideos/<subject>_<n>`; folders of other names are none."""
    for video in _folders(root / "SAMM_longvideos"):
        if "_" in video.name:
            yield video.name.split("_")[0], video.name, video


def casme3_folders(root: Path) -> Iterator[VideoFolder]:
    """Videos of CAS(ME)^3 with the images that extraction would take."""
    return (_listed(place, by_name=True) for place in casme3_videos(root))


def sammlv_folders(root: Path) -> Iterator[VideoFolder]:
    """Videos of SAMM-LV with the images that extraction would take one of seven of."""
    return (_listed(place, by_name=False) for place in sammlv_videos(root))


def _listed(place: Place, *, by_name: bool) -> VideoFolder:
    try:
        files = frame_files(place[-1], by_name=by_name)
    except VideoError as error:
        return VideoFolder(*place, remarks=(unusable(error),))
    return VideoFolder(*place, files.names, files.numbers, files.remarks)


def unusable(error: DataError) -> Remark:
    """What a check reports of a video that extraction leaves out or stops at."""
    empty = isinstance(error, VideoError) and not isinstance(error, FrameNamesError)
    return "no-images" if empty else "no-features", error.message


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
