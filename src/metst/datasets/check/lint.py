"""One check of a data set from its tables to its images."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from metst.datasets.base import DataSet, EmotionCount, VideoFolder
from metst.datasets.check.folders import folder_findings
from metst.datasets.check.images import Depth, image_findings
from metst.datasets.check.report import Report, Usable
from metst.datasets.check.rows import row_findings
from metst.datasets.check.suppress import keep_wanted
from metst.datasets.labels import authors, strict
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.ceiling import ceiling
from metst.datasets.labels.dropped import Dropped
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule, samples
from metst.datasets.registry import dataset

RULES: tuple[Rule, ...] = ("authors", "strict")


def check(
    data: DataSet | str,
    root: Path,
    *,
    labels_only: bool = False,
    images: Depth = "ends",
    suppress: Sequence[str] = (),
    workers: int = 1,
    faces: Callable[[Sequence[VideoFolder]], Iterator[Finding]] | None = None,
    emotions: EmotionCount = 4,
) -> Report:
    """Look for everything that is wrong or odd in a data set.

    Args:
        data: a data set, or its name.
        root: folder of the data set; holds the label files.
        labels_only: look at the label files alone.
        images: how closely images are looked at.
        suppress: findings to leave out, as `CODE`, `CODE@SUBJECT`, `CODE@SUBJECT/VIDEO` or
            `CODE@SUBJECT/VIDEO:ONSET`.
        workers: processes that look at images.
        faces: reports frames without a face, where features have been extracted; `face_findings`
            with everything but the folders filled in.
        emotions: classes of the task; micro-expressions outside of it are not looked at.

    Raises:
        LabelError: the label tables are missing or cannot be read.
        DataError: the image folders are missing.
        ConfigError: an entry of `suppress` or the name of the data set is wrong.
    """
    facts = dataset(data) if isinstance(data, str) else data
    keep_wanted((), suppress)  # a wrong entry is reported now, not after minutes
    scheme = facts.emotions(emotions)
    annotations = facts.annotations(root, scheme)
    folders = [] if labels_only else list(facts.folders(root))
    recordings = _recordings(annotations, facts, folders, labels_only=labels_only)
    lost = _without_folder(annotations, recordings)
    numbers = _numbers(annotations, folders, labels_only=labels_only)
    findings = [*annotations.findings, *row_findings(annotations, facts), *_shifts(recordings)]
    if scheme.complete:
        findings += _differing(numbers, facts.published_counts)
    if not labels_only:
        findings += folder_findings(folders, annotations, facts)
        files = [replace(f, names=tuple(dict.fromkeys(f.names))) for f in folders]
        findings += image_findings(files, images, workers)
        findings += faces(folders) if faces is not None else ()
    wanted = keep_wanted(findings, suppress)
    return Report(
        dataset=facts.name,
        numbers=numbers,
        emotions=annotations.counts.emotions,
        findings=tuple(wanted),
        published=facts.published_counts,
        usable={rule: _usable(recordings, rule) for rule in RULES},
        dropped={
            "authors": [*lost, *authors.dropped(recordings)],
            "strict": [*lost, *strict.dropped(recordings)],
        },
        suppressed=len(findings) - len(wanted),
        ceiling=ceiling(recordings),
    )


def _recordings(
    annotations: Annotations, data: DataSet, folders: Sequence[VideoFolder], *, labels_only: bool
) -> list[Recording]:
    """The videos that the folders show; without them those that the tables name, long enough."""
    if labels_only:
        lengths = _annotated_lengths(annotations, data)
    else:
        lengths = {folder.key: data.length(folder.names) for folder in folders}
    found = annotations.by_video(lengths)
    return [
        Recording(subject, video, frames, data.timebase, found[subject, video])
        for (subject, video), frames in lengths.items()
    ]


def _annotated_lengths(annotations: Annotations, data: DataSet) -> dict[VideoKey, int]:
    lengths: dict[VideoKey, int] = {}
    for e in annotations.expressions:
        end = data.timebase.to_frame(max(e.onset, e.offset)) + 1
        lengths[e.subject, e.video] = max(end, lengths.get((e.subject, e.video), 0))
    return lengths


def _without_folder(annotations: Annotations, recordings: Sequence[Recording]) -> list[Dropped]:
    """Micro-expressions of videos that have no folder."""
    placed = {id(e) for recording in recordings for e in recording.micro}
    lost = (e for e in annotations.of_kind("micro") if id(e) not in placed)
    return [Dropped("row", e.subject, e.video, e.row, "its video has no folder") for e in lost]


def _numbers(
    annotations: Annotations, folders: Sequence[VideoFolder], *, labels_only: bool
) -> dict[str, int]:
    """Numbers to hold beside the published ones, by key of the report.

    `videos_ignoring_case`: videos with micro-expressions if names that differ only in case are one.
    """
    counts = annotations.counts
    micro = annotations.of_kind("micro")
    numbers = {k: v for k, v in asdict(counts).items() if isinstance(v, int)}
    numbers["videos_ignoring_case"] = len({(e.subject, e.video.casefold()) for e in micro})
    if not labels_only:
        numbers["folder_subjects"] = len({folder.subject for folder in folders})
        numbers["folder_videos"] = len(folders)
    return numbers


def _usable(recordings: Sequence[Recording], rule: Rule) -> Usable:
    found = {(r.subject, r.video): len(samples(r, rule)) for r in recordings}
    kept = [key for key, count in found.items() if count]
    return Usable(len({subject for subject, _ in kept}), len(kept), sum(found.values()))


def _shifts(recordings: Sequence[Recording]) -> Iterator[Finding]:
    """Videos in which the authors' rules pair a sample with the emotion of another row."""
    message = "some row adds only a sample or only an emotion, so later emotions move"
    for r in recordings:
        if authors.video_lists(r).shifted:
            yield Finding("emotion-shift", message, subject=r.subject, video=r.video)


def _differing(
    numbers: Mapping[str, int], published: Mapping[str, tuple[int, ...]]
) -> Iterator[Finding]:
    for name, known in published.items():
        if name in numbers and numbers[name] not in known:
            text = " or ".join(map(str, known))
            yield Finding("count", f"{name}: {numbers[name]} here, {text} published")
