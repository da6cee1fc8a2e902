"""What a data set is: one class with all its facts, read by everything that needs one of them.

Videos with a label table need no class, see `metst.datasets.folder`. Any other data set is a
subclass of `DataSet`, or of `ImageFolders` where each video is a folder of images.
`metst.datasets.casme3` is an example; a data module names an instance of it.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path
from typing import Any, Literal

from metst.base.errors import ConfigError, DataError, VideoError
from metst.base.names import natural_key
from metst.datasets.conditions import Conditions, Curves
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.emotions import Emotions
from metst.datasets.labels.records import EMOTIONS, Timebase
from metst.datasets.published import Published
from metst.video import (
    FrameList,
    FrameNamesError,
    Remark,
    frame_files,
    frame_number,
    images_only,
    nth_frames,
    numbered_frames,
)

EmotionCount = Literal[3, 4, 7]
"""Emotion classes of a task: negative, positive, surprise; others besides; or single emotions."""

OTHERS = "others"
"""The class of four that is left out of the task with three."""


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


class DataSet(ABC):
    """Facts of one data set; an instance holds no paths, the root is given with each question.

    Attributes:
        name: in commands, stores and messages.
        how_to_get: how to come by the data: text for the error when they are missing.
        timebase: how frames are numbered.
        words: word of the label tables in lower case -> its class of `EMOTIONS`.
        seven: the words that are the classes of the task with seven; none where it has no such.
        unscored: classes that the published scores leave out of their averages.
        by_name: a frame number means the file of that number, not the position in file order.
        apex_optional: the tables mark an apex that could not be annotated; that is no finding.
        published_counts: counts in the publications, by key of the check's report; several where
            they differ.
        published_scores: scores in the publications, ME-TST first, then by score.
    """

    name: str
    how_to_get: str
    timebase: Timebase
    words: Mapping[str, str] = {}
    seven: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ()
    by_name: bool = False
    apex_optional: bool = True
    published_counts: Mapping[str, tuple[int, ...]] = {}
    published_scores: tuple[Published, ...] = ()

    @abstractmethod
    def videos_folder(self, root: Path) -> Path:
        """Folder that holds the videos."""

    @abstractmethod
    def videos(self, root: Path) -> Sequence[VideoKey]:
        """Subject and folder name of each video, in any order."""

    @abstractmethod
    def frames(self, root: Path, subject: str, video: str) -> list[Path]:
        """Image file of each sub-sampled frame of a video; `VideoError` where there is none.

        `metst.video.numbered_frames` and `nth_frames` list a folder of images, and
        `metst.video.film.film_frames` a video file.
        """

    @abstractmethod
    def annotations(self, root: Path, emotions: Emotions | None = None) -> Annotations:
        """What the label tables contain, with emotions of a scheme; default: `emotions()`."""

    def emotions(self, count: EmotionCount = 4) -> Emotions:
        """The scheme with so many emotion classes.

        Raises:
            ConfigError: the data set has none.
        """
        if count == 4:
            return Emotions(EMOTIONS, self.words)
        if count == 3:
            kept = tuple(name for name in EMOTIONS if name != OTHERS)
            return Emotions(kept, {w: c if c in kept else None for w, c in self.words.items()})
        if count == 7 and self.seven:
            return Emotions(self.seven, {w: w if w in self.seven else None for w in self.words})
        known = "3, 4 or 7" if self.seven else "3 or 4"
        msg = f"emotions: {self.name} has no scheme of {count} classes; choose {known}"
        raise ConfigError(msg)

    def analyzed(self, count: EmotionCount = 4) -> tuple[str, ...]:
        """Classes whose recognition is averaged in the published scores."""
        return tuple(c for c in self.emotions(count).classes if c not in self.unscored)

    def configured(self, settings: Mapping[str, Any]) -> "DataSet":  # noqa: ARG002
        """The data set as the arguments of its data module have it, where some change a fact."""
        return self

    def prepare(self, root: Path) -> None:  # noqa: B027 - most data sets cannot be made
        """Make the data, where they can be made and are missing."""

    # What generated data know, and others do not

    def version(self, root: Path) -> str:  # noqa: ARG002
        """What exactly was made: scores of other versions cannot be compared; empty: unknown."""
        return ""

    def conditions(self, root: Path) -> Mapping[VideoKey, Conditions]:  # noqa: ARG002
        """What is special about each video."""
        return {}

    def action_units(self, root: Path, subject: str, video: str) -> Curves:  # noqa: ARG002
        """Intensity (T,) of each action unit of a video, where it is known."""
        return {}

    # For `metst check`

    def folders(self, root: Path) -> Iterator[VideoFolder]:
        """Every video with the images that extraction would take."""
        return (self._folder(root, *key) for key in self.videos(root))

    def last_number(self, names: Sequence[str]) -> int:
        """Own number of the last frame of a folder with these frames."""
        return self.timebase.to_number(len(names)) - 1

    def length(self, names: Sequence[str]) -> int:
        """Sub-sampled frames of a folder with these frames."""
        return len(names)

    def _folder(self, root: Path, subject: str, video: str) -> VideoFolder:
        try:
            frames = self.frames(root, subject, video)
            files = images_only(frames)
        except DataError as error:
            return VideoFolder(subject, video, error.path, remarks=(unusable(error),))
        parent = Path(commonpath([file.parent for file in files] or [root]))
        names = tuple(str(file.relative_to(parent)) for file in files)
        remarks = frames.remarks if isinstance(frames, FrameList) else ()
        return VideoFolder(subject, video, parent, names, remarks=remarks)


class ImageFolders(DataSet):
    """A data set in which each video is a folder of images, listed as a whole when it is checked.

    With `by_name`, position t holds image t + 1, or the next one where it was dropped; without, it
    holds every `timebase.skip`-th image in natural file order.
    """

    @abstractmethod
    def images(self, root: Path, subject: str, video: str) -> Path:
        """Folder of the images of a video."""

    def frames(self, root: Path, subject: str, video: str) -> list[Path]:
        """See `DataSet`."""
        folder = self.images(root, subject, video)
        return numbered_frames(folder) if self.by_name else nth_frames(folder, self.timebase.skip)

    def last_number(self, names: Sequence[str]) -> int:
        """See `DataSet`."""
        if not self.by_name:
            return len(names) - 1 + self.timebase.first
        return max((frame_number(name) or 0 for name in names), default=0)

    def length(self, names: Sequence[str]) -> int:
        """See `DataSet`."""
        return -(-(self.last_number(names) + 1 - self.timebase.first) // self.timebase.skip)

    def _folder(self, root: Path, subject: str, video: str) -> VideoFolder:
        folder = self.images(root, subject, video)
        try:
            files = frame_files(folder, by_name=self.by_name)
        except VideoError as error:
            return VideoFolder(subject, video, folder, remarks=(unusable(error),))
        return VideoFolder(subject, video, folder, files.names, files.numbers, files.remarks)


def unusable(error: DataError) -> Remark:
    """What a check reports of a video that extraction leaves out or stops at."""
    empty = isinstance(error, VideoError) and not isinstance(error, FrameNamesError)
    return "no-images" if empty else "no-features", error.message


def subfolders(parent: Path) -> list[str]:
    """Names of the folders in `parent` in natural order, hidden ones left out.

    Raises:
        DataError: there is no such folder.
    """
    if not parent.is_dir():
        msg = "no such folder; expected the images of the data set below it"
        raise DataError(parent, msg)
    with os.scandir(parent) as entries:
        names = [e.name for e in entries if e.is_dir() and not e.name.startswith(".")]
    return sorted(names, key=natural_key)
