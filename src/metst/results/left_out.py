"""Annotated micro-expressions that a protocol's rules leave out: none may vanish unnamed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from metst.datasets.labels.authors import video_lists
from metst.datasets.labels.findings import Finding, about
from metst.datasets.labels.records import Recording
from metst.datasets.labels.strict import strict_samples
from metst.scoring.protocols.rules import table_problem

Reason = tuple[int | None, str, str]
"""Row of an expression, code of the finding, and why it is left out."""


def left_out(
    recordings: Sequence[Recording], protocols: Sequence[str], path: Path
) -> list[Finding]:
    """Every micro-expression that is left out, once per code, in the order of its table.

    Args:
        recordings: that are judged, from `read_annotations`.
        protocols: by whose rules.
        path: the table, for messages.
    """
    expressions = {e.row: e for recording in recordings for e in recording.micro}
    by: dict[tuple[int | None, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for protocol in protocols:
        for recording in recordings:
            for row, code, why in _REASONS[protocol](recording):
                by[row, code][why].append(protocol)
    found: list[Finding] = []
    for (row, code), reasons in sorted(by.items(), key=lambda item: item[0][0] or 0):
        whys = "; ".join(f"{why} ({', '.join(names)})" for why, names in reasons.items())
        found.append(about(expressions[row], code, f"left out: {whys}", path))
    return found


def counts(recordings: Sequence[Recording], protocols: Sequence[str]) -> dict[str, dict[str, int]]:
    """Annotated micro-expressions, and how many of them each protocol leaves out."""
    annotated = sum(len(recording.micro) for recording in recordings)
    return {
        protocol: {
            "annotated": annotated,
            "left_out": sum(1 for r in recordings for _ in _REASONS[protocol](r)),
        }
        for protocol in protocols
    }


def _by_strict(recording: Recording) -> Iterator[Reason]:
    for d in strict_samples(recording).dropped:
        yield d.row, d.code, d.reason


def _by_authors(recording: Recording) -> Iterator[Reason]:
    """Rows that give no sample, and samples that no emotion is left for."""
    video = video_lists(recording)
    for d in video.dropped:
        yield d.row, d.code, d.reason
    gone = {d.row for d in video.dropped}
    sampled = [e.row for e in recording.micro if e.row not in gone]
    for row in sampled[len(video.emotions) :]:
        yield row, "emotion-shift", "no emotion of its video is left for it"


def _by_table(recording: Recording) -> Iterator[Reason]:
    for e in recording.micro:
        if problem := table_problem(e):
            yield e.row, *problem


_REASONS: Mapping[str, Callable[[Recording], Iterator[Reason]]] = {
    "authors": _by_authors,
    "strict": _by_strict,
    "strs_metric": _by_table,
}
