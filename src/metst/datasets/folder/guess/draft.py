"""A description of a folder, guessed from its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from metst.base.errors import DataError, LabelError, VideoError
from metst.base.names import folded
from metst.datasets.folder.guess.columns import Guess, emotion_map, guess_table, kind_map
from metst.datasets.folder.guess.places import candidates, find_files, find_videos, pattern_of
from metst.datasets.folder.labels import VideoNames
from metst.datasets.folder.options import CHOOSE, Unit
from metst.datasets.folder.pattern import matches
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.elan import SUFFIX, Tiers, read_eaf
from metst.datasets.labels.emotions import kind_of
from metst.datasets.labels.sheets import SUFFIXES
from metst.video.folder import frame_files

MODEL_FPS = 30.0
"""Frames per second that ME-TST was made for: those of CAS(ME)^3."""

WINDOW = 50 / MODEL_FPS
"""Seconds of a window: 50 frames, as released for CAS(ME)^3."""


@dataclass(frozen=True)
class Labels:
    """Where labels are and what they mean; `CHOOSE` where nothing can be guessed.

    Attributes:
        place: label file, or pattern of label files, below the root.
        columns: field -> column; none of ELAN files.
        unit: what onset and offset count.
        emotions: word -> class.
        kinds: word or tier -> kind.
        others: label files that are not taken.
        rows: how many rows fit.
        unread: why files cannot be read.
    """

    place: str
    columns: Mapping[str, str]
    unit: Unit
    emotions: Mapping[str, str]
    kinds: Mapping[str, str]
    others: Sequence[Path] = ()
    rows: str = ""
    unread: Sequence[str] = ()


@dataclass(frozen=True)
class Draft:
    """What a folder seems to hold.

    Attributes:
        videos: pattern of the videos.
        found: videos that fit it.
        unfit: videos that do not.
        beside: folders of images beside video files, which are not taken.
        rates: frames per second of each video file that has a constant rate.
        first: number of the first frame.
    """

    videos: str
    found: Mapping[Path, VideoKey]
    unfit: Sequence[Path]
    labels: Labels
    rates: Sequence[float]
    first: int
    beside: Sequence[Path] = ()

    @property
    def fps(self) -> float | None:
        """The most frequent rate; None where no file states one."""
        return max(self.rates, key=self.rates.count, default=None)

    @property
    def skip(self) -> int:
        """Each frame of so many is analyzed, for a rate near `MODEL_FPS`."""
        return max(1, round((self.fps or MODEL_FPS) / MODEL_FPS))

    def k(self, seconds: float) -> int:
        """Frames of a window of so many seconds, even."""
        return max(2, 2 * round(seconds * (self.fps or MODEL_FPS) / self.skip / 2))


def draft_of(root: Path) -> Draft:
    """Look through a folder.

    Raises:
        DataError: it holds no video.
    """
    films, folders = find_videos(root) if root.is_dir() else ([], [])
    if not (paths := films or folders):
        msg = "expected a folder with video files, or with folders of images; found none"
        raise DataError(root, msg)
    tables, unread = _tables(root)
    table = max(tables, key=lambda table: len(table.rows), default=None)
    patterns = list(candidates(root, paths))
    videos = max(patterns, key=lambda pattern: _named_rows(root, pattern, table))
    fit = matches(root, videos)
    found = {path: fit[path] for path in paths if path in fit}
    unfit = [path for path in paths if path not in fit]
    elan = find_files(root, (SUFFIX,))
    if table is not None:
        others = [*(t.path for t in tables if t is not table), *elan]
        labels = _of_table(root, table, _named_rows(root, videos, table), others)
    else:
        labels = _of_files(root, videos, set(found.values()), elan)
    labels = replace(labels, unread=unread)
    beside = folders if films else []
    return Draft(videos, found, unfit, labels, _rates(paths), _first(paths[0]), beside)


def _tables(root: Path) -> tuple[list[Guess], list[str]]:
    """Tables that may be of labels, and why files cannot be read."""
    tables: list[Guess] = []
    unread: list[str] = []
    for path in find_files(root, SUFFIXES):
        try:
            guess = guess_table(path)
        except LabelError as error:
            unread.append(str(error))
            continue
        tables += [guess] if guess else []
    return tables, unread


def _named_rows(root: Path, pattern: str, table: Guess | None) -> int:
    """Rows of a table that belong to a video of a pattern."""
    if table is None:
        return 0
    keys = {key: path for path, key in matches(root, pattern).items()}
    names = VideoNames(keys)
    rows = ((table.text(row, "subject"), table.text(row, "video")) for row in table.rows)
    return sum(names.find(*row) in keys for row in rows)


def _of_table(root: Path, table: Guess, named: int, others: Sequence[Path]) -> Labels:
    place = table.path.relative_to(root).as_posix()
    rows, columns = f"{named} of {len(table.rows)} rows belong to a video", table.columns
    if not named:
        columns = {**columns, "video": CHOOSE}
        read = [f"{f} {table.columns[f]!r}" for f in ("subject", "video") if f in table.columns]
        rows += (
            f" (columns read: {', '.join(read) or 'none'}); choose the column of the video, or "
            "change `videos`, so that both name the same subjects and videos"
        )
    return Labels(place, columns, table.unit, table.emotions, table.kinds, others, rows)


def _of_files(root: Path, videos: str, keys: set[VideoKey], elan: Sequence[Path]) -> Labels:
    """ELAN files that are named like the videos."""
    beside = Path(videos).with_suffix(SUFFIX).as_posix()
    for pattern in (beside, *([pattern_of(root, elan)] if elan else [])):
        if (fit := matches(root, pattern)) and set(fit.values()) <= keys:
            return _of_elan(pattern, [read_eaf(path) for path in fit])
    return Labels(CHOOSE, {"onset": CHOOSE, "offset": CHOOSE}, "frames", {}, {}, elan)


def _of_elan(pattern: str, files: Sequence[Tiers]) -> Labels:
    """Tiers by their names; where none is of micro-expressions, each is to be chosen."""
    names = {name for tiers in files for name in tiers if not folded(name).endswith(" apex")}
    kinds = {name: kind_map([folded(name)]).get(folded(name), "") for name in sorted(names)}
    kinds = {name: kind for name, kind in kinds.items() if kind}
    micro = {n for n in names if kinds.get(n, kind_of(n)) == "micro"}
    if micro:  # tiers of other things are usual, and nothing to choose
        kinds = {name: kind for name, kind in kinds.items() if kind != CHOOSE}
    texts = {
        folded(span.text)
        for tiers in files
        for name, spans in tiers.items()
        if name in micro or kinds.get(name) == CHOOSE
        for span in spans
    }
    rows = f"{len(files)} ELAN files"
    return Labels(pattern, {}, "milliseconds", emotion_map(texts), kinds, rows=rows)


def _rates(paths: Sequence[Path]) -> list[float]:
    from metst.video.film import film_rate  # PyAV is not needed for images

    rates: list[float] = []
    for path in paths:
        try:
            rate = film_rate(path) if path.is_file() else None
        except VideoError:  # `metst check` reports it
            continue
        rates += [round(rate, 3)] if rate else []
    return rates


def _first(video: Path) -> int:
    """Number of the first image of a folder; 1 of a video file."""
    try:
        numbers = frame_files(video, by_name=False).numbers
    except VideoError:
        return 1
    return 0 if numbers[:1] == (0,) else 1
