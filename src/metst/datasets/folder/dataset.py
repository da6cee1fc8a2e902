"""A folder of one's own as a data set: video files or folders of images, and label tables."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import Any

from metst.base.errors import ConfigError, DataError, VideoError
from metst.base.names import first_few, folded
from metst.datasets.base import EmotionCount, ImageFolders, VideoFolder, unusable
from metst.datasets.folder.labels import read_labels
from metst.datasets.folder.options import FolderOptions
from metst.datasets.folder.pattern import fixed_folder, matches
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.emotions import Emotions
from metst.datasets.labels.records import EMOTIONS, Timebase
from metst.video.folder import VIDEO_SUFFIXES, FrameList, nth_frames


class Folder(ImageFolders):
    """Videos and labels where the options place them.

    Args:
        options: what the folder holds.
        root: the folder; needed where the frame rate is read from the videos.
    """

    how_to_get = "Set --data.root to the folder that `videos` and `labels` of data.folder lie in"

    def __init__(self, options: FolderOptions, root: Path = Path()) -> None:
        self.options, self._root, self.name = options, root, options.name
        self._found: dict[Path, dict[VideoKey, Path]] = {}
        self.seven = tuple(word for word, name in options.emotions.items() if name and word)

    def configured(self, settings: Mapping[str, Any]) -> "Folder":
        """With the options under `folder`, which read the frame rate below `root`."""
        given = settings.get("folder") or {}
        known = {field.name for field in fields(FolderOptions)}
        if wrong := set(given) - known or {"name", "videos", "labels"} - set(given):
            msg = f"data.folder: {', '.join(sorted(wrong))} is missing or unknown; see metst init"
            raise ConfigError(msg)
        return Folder(FolderOptions(**given), Path(settings.get("root") or ""))

    @cached_property
    def timebase(self) -> Timebase:  # type: ignore[override]
        """See `DataSet`."""
        options = self.options
        return Timebase(options.fps or self._stated_rate(), options.skip, options.first)

    def emotions(self, count: EmotionCount = 4) -> Emotions:
        """See `DataSet`; of 7, every word that has a class is one of its own."""
        classes = {folded(word): name for word, name in self.options.emotions.items()}
        if count == 7:
            own = {folded(word): word for word in self.seven}
            return Emotions(self.seven, {w: own.get(w) if classes[w] else None for w in classes})
        kept = EMOTIONS[:-1] if count == 3 else EMOTIONS
        return Emotions(kept, {w: name if name in kept else None for w, name in classes.items()})

    def videos_folder(self, root: Path) -> Path:
        """See `DataSet`."""
        return fixed_folder(root, self.options.videos)

    def videos(self, root: Path) -> Sequence[VideoKey]:
        """See `DataSet`.

        Raises:
            DataError: no video fits the pattern.
        """
        found = self._paths(root)
        if not found:
            names = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
            there = first_few(names) or "nothing"
            msg = f"no video fits the pattern {self.options.videos}; the folder holds {there}"
            raise DataError(root, msg)
        return list(found)

    def images(self, root: Path, subject: str, video: str) -> Path:
        """File or folder of a video."""
        key = subject, video
        return self._paths(root).get(key) or fixed_folder(root, self.options.videos) / video

    def frames(self, root: Path, subject: str, video: str) -> list[Path]:
        """See `DataSet`; of a video file, see `metst.video.film`."""
        path, skip = self.images(root, subject, video), self.timebase.skip
        if path.is_dir():
            return nth_frames(path, skip)
        return self._film(path, skip)

    def annotations(self, root: Path, emotions: Emotions | None = None) -> Annotations:
        """See `DataSet`."""
        scheme = emotions or self.emotions()
        return read_labels(root, self.options, self._paths(root), self.timebase, scheme)

    def _folder(self, root: Path, subject: str, video: str) -> VideoFolder:
        path = self.images(root, subject, video)
        if path.is_dir():
            return super()._folder(root, subject, video)
        try:
            frames = self._film(path, skip=1)
        except VideoError as error:
            return VideoFolder(subject, video, path, remarks=(unusable(error),))
        names = tuple(frame.name for frame in frames)
        return VideoFolder(subject, video, path, names, remarks=frames.remarks)

    def _film(self, path: Path, skip: int) -> FrameList:
        """Every `skip`-th frame at the data set's rate.

        Labels in frames count the file's own frames: these are taken one by one.
        """
        from metst.video.film import film_frames, has_rate  # PyAV is not needed for images

        fps = self.timebase.fps
        if self.options.unit != "frames":
            return film_frames(path, fps / skip)
        if has_rate(path, fps):
            frames = film_frames(path)
            return FrameList(frames[::skip], frames.remarks)
        message = (
            f"its frames do not come at the {fps:g} frames/s of the data set, at which labels in "
            "frames count; give the labels in seconds, or convert the video"
        )
        frames = film_frames(path, fps / skip)
        return FrameList(frames, (*frames.remarks, ("frame-rate", message)))

    def _paths(self, root: Path) -> Mapping[VideoKey, Path]:
        """File or folder of each video; looked up once.

        Raises:
            DataError: two videos have one name.
        """
        if root not in self._found:
            paths: dict[VideoKey, Path] = {}
            for path, key in matches(root, self.options.videos).items():
                if not (path.is_dir() or _is_film(path)):
                    continue
                if (other := paths.setdefault(key, path)) != path:
                    msg = f"{' and '.join(key)} are also subject and video of {other.name}"
                    raise DataError(path, f"{msg}; change data.folder.videos, or rename a file")
            self._found[root] = paths
        return self._found[root]

    def _stated_rate(self) -> float:
        """Frame rate of the first video file."""
        films = [path for path in self._paths(self._root).values() if _is_film(path)]
        if films:
            from metst.video.film import film_rate

            if rate := film_rate(films[0]):
                return round(rate, 3)
        place = films[0] if films else self._root
        msg = "the frame rate cannot be read here; give it as data.folder.fps"
        raise DataError(place, msg)


def _is_film(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_SUFFIXES and path.is_file()


FOLDER = Folder(FolderOptions("folder", "{subject}_{video}.mp4", "labels.csv"))
"""Stands for the data module's class; the settings show what it is, see `Folder.configured`."""
