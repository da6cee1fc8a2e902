"""Labels of a folder of one's own: tables by a map of columns, and ELAN files."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from metst.base.errors import LabelError
from metst.base.names import folded
from metst.datasets.folder.options import FolderOptions
from metst.datasets.folder.pattern import is_pattern, matches
from metst.datasets.folder.times import Clock
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.elan import SUFFIX, read_eaf
from metst.datasets.labels.emotions import Emotions, kind_of
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Expression, Kind, Timebase
from metst.datasets.labels.tables import Row, Table, normalized, read_table, unknown_type

_TIMES = ("onset", "apex", "offset")
_UNKNOWN = "?"
"""Subject of a row whose video is not there, as messages show it."""


def read_labels(
    root: Path,
    options: FolderOptions,
    videos: Mapping[VideoKey, Path],
    timebase: Timebase,
    emotions: Emotions,
) -> Annotations:
    """Everything that the label files contain; what is odd about them is a finding.

    Raises:
        LabelError: there is no label file, or it lacks a column.
    """
    files = [*_files(root, options)]
    if not files:
        msg = f"no label file fits {options.labels}; set data.folder.labels"
        raise LabelError(root, msg)
    names = VideoNames(videos)
    found: list[Expression] = []
    findings: list[Finding] = []
    for path, key in files:
        reader = _Reader(path, key, options, timebase, emotions, names)
        found += reader.expressions()
        findings += reader.findings
    found.sort(key=lambda e: e.kind != "micro")  # stable: row order stays
    kinds: tuple[Kind, ...] = ("micro", "macro", "blink")
    place = files[0][0] if len(files) == 1 else files[0][0].parent
    rows = sum(e.kind == "micro" for e in found)
    return Annotations(options.name, tuple(found), rows, dict.fromkeys(kinds, place), (*findings,))


def _files(root: Path, options: FolderOptions) -> Iterator[tuple[Path, VideoKey | None]]:
    """Label files, each with the video that its name contains, or with none."""
    if is_pattern(options.labels):
        yield from matches(root, options.labels).items()
    elif (root / options.labels).is_file():
        yield root / options.labels, None


class VideoNames:
    """Videos by the names that tables give them."""

    def __init__(self, videos: Mapping[VideoKey, Path]) -> None:
        self._keys: dict[str, set[VideoKey]] = {}
        for (subject, video), path in videos.items():
            for name in (f"{subject}/{video}", video, path.name, path.stem):
                self._keys.setdefault(_plain(name), set()).add((subject, video))

    def find(self, subject: str, video: str) -> VideoKey:
        """The video's own names; those of the row where there is none, or where several fit."""
        last = video.replace("\\", "/").rsplit("/", 1)[-1]
        for name in (f"{subject}/{video}", video, last):
            keys = self._keys.get(_plain(name), set())
            own = [key for key in keys if not subject or _plain(key[0]) == _plain(subject)]
            if len(own) == 1:
                return own[0]
        # P_01 and happy of P_01_happy.mp4, whose pattern makes 01 the subject.
        whole = self._keys.get(_plain(f"{subject}_{video}"), set())
        ending = [key for key in whole if _plain(subject).endswith(_plain(key[0]))]
        return ending[0] if len(ending) == 1 else (subject or _UNKNOWN, video)


def _plain(name: str) -> str:
    """Equal for names that differ in case, or in zeros before a number, which tables lose."""
    return re.sub(r"[0-9]+", lambda digits: str(int(digits[0])), folded(name))


@dataclass
class _Reader:
    """Reads one label file.

    Attributes:
        key: the video that the file is about; None where its rows name theirs.
    """

    path: Path
    key: VideoKey | None
    options: FolderOptions
    timebase: Timebase
    emotions: Emotions
    names: VideoNames

    def __post_init__(self) -> None:
        self.findings: list[Finding] = []
        self.of_elan = self.path.suffix.lower() == SUFFIX
        unit = "milliseconds" if self.of_elan else self.options.unit
        self.clock = Clock(unit, self.timebase, open_end=self.of_elan)
        self.kinds = {folded(word): kind for word, kind in self.options.kinds.items()}

    def expressions(self) -> Iterator[Expression]:
        """Expression of every row that is one."""
        table = self._table()
        named = tuple(n for n in ("subject", "video") if n in table.columns) or ("onset",)
        numbers = _TIMES if self.clock.counts_frames else ()
        self.findings += table.problems(named, numbers, ("emotion", "kind"))
        for row in table.named_rows(named):
            subject, video = self.key or self.names.find(row.text("subject"), row.text("video"))
            kind = self._kind(row, subject, video)
            label = row.text("emotion")
            if kind is None or (kind == "micro" and self.emotions.leaves_out(label)):
                continue
            onset, apex, offset = (self._frame(row, n, subject, video) for n in _TIMES)
            yield Expression(
                *(subject, video, onset or 0, apex, offset or 0, kind),
                emotion=self.emotions.class_of(label) if kind == "micro" else None,
                label=label,
                row=row.number,
            )

    def _table(self) -> Table:
        """The file as a table whose columns have the names of fields."""
        if self.of_elan:
            return elan_table(self.path)
        columns = {name: normalized(column) for name, column in self.options.columns.items()}
        if self.key is not None:
            columns = {n: c for n, c in columns.items() if n not in ("subject", "video")}
        needed = [n for n in ("video", "onset", "offset") if n in columns or n != "video"]
        if self.key is None and "video" not in columns:
            msg = "expected data.folder.columns to name the column of the video, found none"
            raise LabelError(self.path, msg)
        table = read_table(self.path, [columns.get(name, name) for name in needed])
        self._refuse_missing(columns, table)
        there = {n: c for n, c in columns.items() if c in table.columns}
        rows = [
            replace(row, cells={name: row.cells.get(column) for name, column in there.items()})
            for row in table.rows
        ]
        repeated = {n: (table.repeated or {}).get(c, "") for n, c in there.items()}
        return replace(table, columns=(*there,), rows=(*rows,), repeated=repeated)

    def _refuse_missing(self, columns: Mapping[str, str], table: Table) -> None:
        """An optional column may be missing under its default name alone: others were chosen."""
        for name in (name for name, column in columns.items() if column not in table.columns):
            if (column := self.options.columns[name]) != name:
                msg = (
                    f"expected a column {column!r}, as data.folder.columns.{name} names it, found "
                    f"{', '.join(filter(None, table.columns))}; correct it, or leave {name} out"
                )
                raise LabelError(self.path, msg)

    def _kind(self, row: Row, subject: str, video: str) -> Kind | None:
        """Kind of a row; None where it is left out."""
        word = folded(row.text("kind"))
        if word in self.kinds:
            return self.kinds[word]
        if "kind" not in row.cells:
            return "micro"
        kind = kind_of(word)
        if kind is None and not self.of_elan:  # tiers of other things are usual
            self.findings.append(unknown_type(self.path, row, "kind", subject, video))
        return kind

    def _frame(self, row: Row, name: str, subject: str, video: str) -> int | None:
        """Frame number of a field of a row; what cannot be read is a finding."""
        number = self.clock.frame(row, name)
        if number is None and row.text(name) and not self.clock.counts_frames:
            code = "bad-number" if name == "apex" else "bad-time"
            message = f"{name} is {row.text(name)!r}, not a time in {self.clock.unit}"
            finding = Finding(code, message, self.path, row.number, subject, video)
            self.findings.append(finding)
        return number


def elan_table(path: Path) -> Table:
    """An ELAN file as a table: tier as kind, text as emotion, times in milliseconds.

    The apex of an annotation of a tier X is where one of the tier `X apex` begins inside of it.

    Raises:
        LabelError: the file cannot be read.
    """
    tiers = read_eaf(path)
    rows: list[Row] = []
    for name, spans in tiers.items():
        if folded(name).endswith(" apex"):
            continue
        apexes = [s.start for n in tiers if folded(n) == folded(f"{name} apex") for s in tiers[n]]
        for start, end, text in spans:
            inside = (at for at in apexes if start <= at < end)
            times = {"onset": start, "apex": next(inside, None), "offset": end}
            rows.append(Row(len(rows) + 1, {**times, "emotion": text, "kind": name}))
    columns: Sequence[str] = (*_TIMES, "emotion", "kind")
    return Table(path, path.name, tuple(columns), tuple(rows))
