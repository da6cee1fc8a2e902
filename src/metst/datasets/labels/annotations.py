"""What the label tables of a data set contain, before anything is dropped."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from metst.base.names import folded
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Expression, Kind

VideoKey = tuple[str, str]
"""Subject and video, named as their folders are."""


@dataclass(frozen=True)
class Counts:
    """Counts of the tables as they stand, odd rows included.

    Attributes:
        rows: rows of the table that lists the micro-expressions.
        subjects: subjects with micro-expressions.
        videos: videos with micro-expressions, names taken literally.
        emotions: micro-expressions by lower-cased label, the most frequent first.
        annotated_subjects: subjects with any annotation.
        annotated_videos: videos with any annotation.
    """

    rows: int
    subjects: int
    videos: int
    emotions: Mapping[str, int]
    macro: int
    micro: int
    blinks: int
    annotated_subjects: int
    annotated_videos: int


@dataclass(frozen=True)
class Annotations:
    """All expressions that the label tables of a data set name.

    Attributes:
        expressions: table after table, each in row order; micro-expressions first.
        rows: rows of the table that lists the micro-expressions.
        files: table that each kind comes from.
        findings: made while reading.
    """

    dataset: str
    expressions: tuple[Expression, ...]
    rows: int
    files: Mapping[Kind, Path] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def of_kind(self, kind: Kind) -> tuple[Expression, ...]:
        """Expressions of one kind, in row order."""
        return tuple(e for e in self.expressions if e.kind == kind)

    @property
    def counts(self) -> Counts:
        """Counts to hold beside the published ones."""
        micro = self.of_kind("micro")
        return Counts(
            rows=self.rows,
            subjects=len({e.subject for e in micro}),
            videos=len({(e.subject, e.video) for e in micro}),
            emotions=dict(Counter(e.label.lower() for e in micro).most_common()),
            macro=len(self.of_kind("macro")),
            micro=len(micro),
            blinks=len(self.of_kind("blink")),
            annotated_subjects=len({e.subject for e in self.expressions}),
            annotated_videos=len({(e.subject, e.video) for e in self.expressions}),
        )

    def by_video(self, videos: Iterable[VideoKey]) -> dict[VideoKey, tuple[Expression, ...]]:
        """Expressions of each video folder, in row order; an empty tuple where there are none.

        A folder with exactly the names of the table comes first, then one whose subject has the
        same `subject_key`, then one whose video name differs in case only. Such an expression keeps
        the names the table gives it, so that rules which compare literally still can. Expressions
        without a folder, or with several that are as near, are left out.
        """
        keys = list(videos)
        levels = [_folders_by(name, keys) for name in _READINGS]
        found: dict[VideoKey, list[Expression]] = {key: [] for key in keys}
        for e in self.expressions:
            places = (
                level.get(name((e.subject, e.video)))
                for name, level in zip(_READINGS, levels, strict=True)
            )
            nearest = next(filter(None, places), [])
            if len(nearest) == 1:
                found[nearest[0]].append(e)
        return {key: tuple(expressions) for key, expressions in found.items()}


def subject_key(subject: str) -> str:
    """Text after the last dot: what names a subject in every table and folder (`spNO.1` -> `1`).

    Source: the comparison that the authors' released code makes between table and folders.
    """
    return subject.rsplit(".", 1)[-1]


def _literal(key: VideoKey) -> VideoKey:
    return key


def by_key(key: VideoKey) -> VideoKey:
    """A video as the tables and the authors' code know it."""
    return subject_key(key[0]), key[1]


def _by_key_and_case(key: VideoKey) -> VideoKey:
    return subject_key(key[0]), folded(key[1])


_READINGS: tuple[Callable[[VideoKey], VideoKey], ...] = (_literal, by_key, _by_key_and_case)


def _folders_by(
    name: Callable[[VideoKey], VideoKey], keys: Iterable[VideoKey]
) -> dict[VideoKey, list[VideoKey]]:
    found: dict[VideoKey, list[VideoKey]] = {}
    for key in keys:
        found.setdefault(name(key), []).append(key)
    return found
