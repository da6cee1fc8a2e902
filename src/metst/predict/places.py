"""Where the results of each video go, and whose results lie there already."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from metst.base.errors import DataError, MetstError
from metst.base.files import read_json
from metst.base.settings import require
from metst.datasets.folder.pattern import names_in
from metst.datasets.labels.annotations import VideoKey
from metst.video import nth_frames

RESULTS = (
    *("intervals.csv", "analysis.json", "timeline.png", "overlay.mp4"),
    *("page.html", "video.mp4", "intervals.vtt", "curves.csv", "intervals_tsconf.xml"),
)

LONGEST_NAME = 80
"""Characters of a folder's name: file systems take 255 bytes, a character needs up to 3."""


def title(video: Path) -> str:
    """A video as people name it: its file name; of images, with the two folders above."""
    parts = _parts(video)
    return "/".join(parts[-3:]) if video.is_dir() else parts[-1]


def result_names(videos: Sequence[Path]) -> list[str]:
    """Name of the folder for the results of each video.

    `clip.mp4` becomes `clip-mp4`, a folder of images `s1-a-color`, with the two folders above it.
    Where names are equal, as many more folders above are added as make them differ.
    """
    names = [_name(video, 0) for video in videos]
    for more in range(1, max(len(_parts(video)) for video in videos)):
        count = Counter(name.casefold() for name in names)  # some file systems ignore case
        names = [
            _name(video, more) if count[name.casefold()] > 1 else name
            for video, name in zip(videos, names, strict=True)
        ]
    return names


def _name(video: Path, more: int) -> str:
    *above, last = _parts(video)
    if not video.is_dir():
        last = last.replace(".", "-") if last.startswith(".") else "-".join(last.rsplit(".", 1))
    count = more + 2 * video.is_dir()
    return "-".join([*above[len(above) - min(count, len(above)) :], last])[-LONGEST_NAME:]


def _parts(video: Path) -> tuple[str, ...]:
    """Folders from the root, and the name; a link keeps its own."""
    whole = video.parent.resolve() / video.name if video.name not in ("", "..") else video.resolve()
    return whole.parts[1:] or ("root",)


def table_names(videos: Sequence[Path], pattern: str | None) -> list[VideoKey]:
    """Subject and video of each file by a pattern of the path's end; else its folder and name.

    Raises:
        ConfigError: a path does not fit the pattern, or two have one name by it.
    """
    if pattern is None:
        return _names_by_folder(videos)
    require("--names", pattern, "{subject}" in pattern, "a pattern with {subject}")
    keys: dict[VideoKey, str] = {}
    for video in videos:
        end = "/".join(_parts(video)[-1 - pattern.count("/") :])
        key = names_in(end, pattern)
        require("--names", pattern, key is not None, f"a pattern that fits {end}")
        assert key is not None
        other = keys.setdefault(key, end)
        require("--names", pattern, other is end, f"different names for {other} and {end}")
    return list(keys)


def _names_by_folder(videos: Sequence[Path]) -> list[VideoKey]:
    """Folder, and name without its ending; where two are equal, with what makes them differ.

    That is the ending, or folders further above: `s1/a/color` and `s2/a/color` become (s1, a-color)
    and (s2, a-color).
    """
    whole = [_parts(video) for video in videos]
    stems = [(*above, Path(last).stem) for *above, last in whole]
    count = Counter(stems)
    paths = [path if count[stem] > 1 else stem for path, stem in zip(whole, stems, strict=True)]
    keys = [_key(path, 2) for path in paths]
    for parts in range(3, max(map(len, paths)) + 1):
        found = Counter(keys)
        keys = [
            _key(path, parts) if found[key] > 1 else key
            for path, key in zip(paths, keys, strict=True)
        ]
    return keys


def _key(path: Sequence[str], parts: int) -> VideoKey:
    """Subject and video of the last parts of a path."""
    first, *rest = path[-parts:]
    return first, "-".join(rest or [first])


def digest(video: Path) -> str:
    """SHA-256 of a file, or of all images of a folder in their order."""
    whole = hashlib.sha256()
    for path in nth_frames(video, 1) if video.is_dir() else [video]:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


def check_places(videos: Sequence[Path], folders: Sequence[Path]) -> None:
    """Refuse before any analysis what would fail, or replace results, after it.

    Raises:
        MetstError: a file lies in the way of a folder, or a folder holds results of another video.
    """
    for video, folder in zip(videos, folders, strict=True):
        places = (folder, *folder.absolute().parents)
        there = next(place for place in places if place.exists() or place.is_symlink())
        if not there.is_dir():
            msg = f"{there}: expected a folder for results, found a file; give another --out"
            raise MetstError(msg)
        _check_owner(video, folder)


def _check_owner(video: Path, folder: Path) -> None:
    file = folder / "analysis.json"
    if not file.is_file() or not (video.is_dir() or video.is_file()):
        return
    stored = read_json(file)
    with suppress(DataError):  # a video that cannot be read has no results
        if not isinstance(stored, dict) or stored.get("sha256") != digest(video):
            other = stored.get("video") if isinstance(stored, dict) else "unknown"
            msg = (
                f"{folder}: expected no results, or older ones of {video}, found those of another "
                f"video ({other}); give another --out, or delete that folder"
            )
            raise MetstError(msg)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder, whose files take the place of the results in `folder` once all are written.

    Other files in `folder` stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as name:
        new = Path(name)
        yield new
        for result in RESULTS:
            if (new / result).exists():
                (new / result).replace(folder / result)
            else:
                (folder / result).unlink(missing_ok=True)
