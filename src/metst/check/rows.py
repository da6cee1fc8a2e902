"""Checks that need nothing but the label tables."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from metst.check.datasets import DataSet
from metst.labels.annotations import Annotations
from metst.labels.findings import Finding, about
from metst.labels.records import Expression

LONG_SECONDS = 0.5
"""Usual upper bound of a micro-expression's duration (Yan et al. 2013)."""

VERY_LONG_SECONDS = 2.0
"""Nobody calls an expression of this duration micro; the annotation is doubtful."""

Check = Callable[[Expression, DataSet], str | None]


def row_findings(annotations: Annotations, data: DataSet) -> Iterator[Finding]:
    """Everything that the tables show by themselves, row by row, then between rows."""
    for e in annotations.expressions:
        for code, check in ROW_CHECKS.items():
            message = check(e, data)
            if message is not None:
                yield about(e, code, message, annotations.files.get(e.kind))
    yield from _duplicates(annotations)
    yield from _overlaps(annotations)
    yield from _spellings(annotations)


def _zero_frame(e: Expression, data: DataSet) -> str | None:
    numbers = {"onset": e.onset, "offset": e.offset}
    if e.kind != "blink" and not (e.apex is None and data.apex_optional):
        numbers["apex"] = e.apex or 0
    bad = [name for name, number in numbers.items() if number < data.timebase.first]
    return f"{' and '.join(bad)} zero or missing" if bad else None


def _onset_after_apex(e: Expression, _: DataSet) -> str | None:
    late = e.apex is not None and 0 < e.apex < e.onset
    return f"onset {e.onset} comes after apex {e.apex}" if late else None


def _apex_after_offset(e: Expression, _: DataSet) -> str | None:
    late = e.apex is not None and 0 < e.offset < e.apex
    return f"apex {e.apex} comes after offset {e.offset}" if late else None


def _onset_after_offset(e: Expression, _: DataSet) -> str | None:
    return f"onset {e.onset} comes after offset {e.offset}" if 0 < e.offset < e.onset else None


def _onset_is_apex(e: Expression, _: DataSet) -> str | None:
    return f"onset and apex are both {e.onset}" if e.onset == e.apex else None


def _unmapped(e: Expression, _: DataSet) -> str | None:
    unmapped = e.kind == "micro" and e.label and e.emotion is None
    return f"emotion {e.label!r} belongs to no emotion class" if unmapped else None


def _seconds(e: Expression, data: DataSet) -> float:
    """Duration of a micro-expression, both ends included; 0 where it is unknown."""
    known = e.kind == "micro" and 0 < e.onset <= e.offset
    return (e.offset - e.onset + 1) / data.timebase.fps if known else 0.0


def _long(e: Expression, data: DataSet) -> str | None:
    seconds = _seconds(e, data)
    is_long = LONG_SECONDS < seconds <= VERY_LONG_SECONDS
    return f"lasts {seconds:.2f} s, more than {LONG_SECONDS} s" if is_long else None


def _very_long(e: Expression, data: DataSet) -> str | None:
    seconds = _seconds(e, data)
    is_long = seconds > VERY_LONG_SECONDS
    return f"lasts {seconds:.2f} s, more than {VERY_LONG_SECONDS:g} s" if is_long else None


ROW_CHECKS: dict[str, Check] = {
    "zero-frame": _zero_frame,
    "onset-after-apex": _onset_after_apex,
    "apex-after-offset": _apex_after_offset,
    "onset-after-offset": _onset_after_offset,
    "onset-is-apex": _onset_is_apex,
    "unmapped-emotion": _unmapped,
    "long-me": _long,
    "very-long-me": _very_long,
}
"""By code: what is said about a row; None where nothing is wrong."""


def _duplicates(annotations: Annotations) -> Iterator[Finding]:
    first: dict[tuple[object, ...], Expression] = {}
    for e in annotations.expressions:
        earlier = first.setdefault((e.kind, e.subject, e.video, e.onset, e.offset), e)
        if earlier is not e:
            message = f"the same {e.kind} interval as row {earlier.row}"
            yield about(e, "duplicate-row", message, annotations.files.get(e.kind))


def _overlaps(annotations: Annotations) -> Iterator[Finding]:
    """Micro-expressions of a video that share frames, each told once, at the later one."""
    videos: dict[tuple[str, str], list[Expression]] = defaultdict(list)
    for e in annotations.of_kind("micro"):
        videos[e.subject, e.video].append(e)
    for expressions in videos.values():
        longest: Expression | None = None
        for e in sorted(expressions, key=lambda e: (e.onset, e.offset)):
            if longest is not None and e.onset <= longest.offset:
                message = f"overlaps row {longest.row} ({longest.onset}-{longest.offset})"
                yield about(e, "overlapping-me", message, annotations.files.get("micro"))
            if longest is None or e.offset > longest.offset:
                longest = e


def _spellings(annotations: Annotations) -> Iterator[Finding]:
    """Names and emotions that are written in two ways, told once per subject at the rarer one."""
    every = annotations.expressions
    words: dict[str, list[tuple[str, Expression]]] = {
        "subject": [(e.subject, e) for e in every],
        "emotion": [(e.label, e) for e in every if e.label],
        "video": [(e.video, e) for e in every],
    }
    for what, written in words.items():
        rows: dict[str, list[Expression]] = defaultdict(list)
        for word, e in written:
            rows[word].append(e)
        for rare, usual in _rare_spellings(rows):
            same = {e.subject for e in rows[usual]}
            for first in {e.subject: e for e in reversed(rows[rare])}.values():
                here = "also" if first.subject in same else "not"
                message = f"{what} {rare!r} beside {usual!r} ({here} of this subject)"
                yield about(first, "name-case", message, annotations.files.get(first.kind))


def _rare_spellings(rows: Mapping[str, Sequence[Expression]]) -> Iterator[tuple[str, str]]:
    """Words that differ from a more frequent one only in case; lower case wins a tie."""
    usual: dict[str, str] = {}
    for word in sorted(rows, key=lambda word: (-len(rows[word]), not word.islower())):
        known = usual.setdefault(word.casefold(), word)
        if known != word:
            yield word, known
