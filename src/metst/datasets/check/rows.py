"""Checks that need nothing but the label tables."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol
from unicodedata import category

from metst.base.names import folded
from metst.datasets.labels.annotations import Annotations, subject_key
from metst.datasets.labels.findings import Finding, about
from metst.datasets.labels.records import Expression, Timebase

LONG_SECONDS = 0.5
"""Usual upper bound of a micro-expression's duration (Yan et al. 2013)."""

VERY_LONG_SECONDS = 2.0
"""Nobody calls an expression of this duration micro; the annotation is doubtful."""

UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories of characters that nobody sees: control, format, half of a pair, line ends."""

Doubt = tuple[str, float]
"""What is wrong with a row, and how bad it is among its kind (see `Finding.size`)."""


class Facts(Protocol):
    """What the checks must know of a data set, see `metst.datasets.base.DataSet`."""

    @property
    def timebase(self) -> Timebase:
        """How frames are numbered."""

    @property
    def apex_optional(self) -> bool:
        """Whether a row without an apex is no finding."""


Check = Callable[[Expression, Facts], Doubt | None]


def row_findings(annotations: Annotations, data: Facts) -> Iterator[Finding]:
    """Everything that the tables show by themselves, row by row, then between rows."""
    known = {(f.code, f.path, f.row) for f in annotations.findings if f.row is not None}
    for e in annotations.expressions:
        path = annotations.files.get(e.kind)
        for code, check in ROW_CHECKS.items():
            doubt = check(e, data)
            if doubt is not None and (code, path, e.row) not in known:
                yield about(e, code, doubt[0], path, doubt[1])
    yield from _duplicates(annotations, data.timebase.first)
    yield from _overlaps(annotations, data.timebase.first)
    yield from _spellings(annotations)


def name_fault(e: Expression) -> str | None:
    """Why no folder can have the names of a row; None where one can."""
    for what, name in {"subject": e.subject, "video": e.video}.items():
        if not name:
            return f"the row has no {what} (of merged cells the first alone has a value)"
        odd = sorted({c for c in name if c in "/\\" or category(c) in UNSEEN})
        if odd or name in (".", ".."):
            letters = ", ".join(map(ascii, odd)) or "dots alone"
            return f"{what} {name!a} has {letters}; no folder has such a name"
    return None


def _bad_name(e: Expression, _: Facts) -> Doubt | None:
    fault = name_fault(e)
    return (fault, 0.0) if fault else None


def _zero_frame(e: Expression, data: Facts) -> Doubt | None:
    numbers = {"onset": e.onset, "offset": e.offset}
    if e.kind != "blink" and not (e.apex is None and data.apex_optional):
        numbers["apex"] = e.apex or 0
    bad = [name for name, number in numbers.items() if number < data.timebase.first]
    return (f"{' and '.join(bad)} zero or missing", 0.0) if bad else None


def _onset_after_apex(e: Expression, _: Facts) -> Doubt | None:
    if e.apex is None or not 0 < e.apex < e.onset:
        return None
    return f"onset {e.onset} comes after apex {e.apex}", e.onset - e.apex


def _apex_after_offset(e: Expression, _: Facts) -> Doubt | None:
    if e.apex is None or not 0 < e.offset < e.apex:
        return None
    return f"apex {e.apex} comes after offset {e.offset}", e.apex - e.offset


def _onset_after_offset(e: Expression, _: Facts) -> Doubt | None:
    if not 0 < e.offset < e.onset:
        return None
    return f"onset {e.onset} comes after offset {e.offset}", e.onset - e.offset


def _onset_is_apex(e: Expression, _: Facts) -> Doubt | None:
    return (f"onset and apex are both {e.onset}", 0.0) if e.onset == e.apex else None


def _unmapped(e: Expression, _: Facts) -> Doubt | None:
    unmapped = e.kind == "micro" and e.label and e.emotion is None
    return (f"emotion {e.label!r} belongs to no emotion class", 0.0) if unmapped else None


def _no_emotion(e: Expression, _: Facts) -> Doubt | None:
    none = e.kind == "micro" and not e.label and e.emotion is None
    return ("no emotion is named", 0.0) if none else None


def _seconds(e: Expression, data: Facts) -> float:
    """Duration of a micro-expression, both ends included; 0 where it is unknown."""
    known = e.kind == "micro" and 0 < e.onset <= e.offset
    return (e.offset - e.onset + 1) / data.timebase.fps if known else 0.0


def _long(e: Expression, data: Facts) -> Doubt | None:
    seconds = _seconds(e, data)
    is_long = LONG_SECONDS < seconds <= VERY_LONG_SECONDS
    return (f"lasts {seconds:.2f} s, more than {LONG_SECONDS} s", seconds) if is_long else None


def _very_long(e: Expression, data: Facts) -> Doubt | None:
    seconds = _seconds(e, data)
    if seconds <= VERY_LONG_SECONDS:
        return None
    return f"lasts {seconds:.2f} s, more than {VERY_LONG_SECONDS:g} s", seconds


ROW_CHECKS: dict[str, Check] = {
    "bad-name": _bad_name,
    "zero-frame": _zero_frame,
    "onset-after-apex": _onset_after_apex,
    "apex-after-offset": _apex_after_offset,
    "onset-after-offset": _onset_after_offset,
    "onset-is-apex": _onset_is_apex,
    "unmapped-emotion": _unmapped,
    "no-emotion": _no_emotion,
    "long-me": _long,
    "very-long-me": _very_long,
}
"""By code: the message about a row; None where nothing is wrong."""


def _duplicates(annotations: Annotations, first: int) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], Expression] = {}
    for e in annotations.expressions:
        earlier = seen.setdefault((e.kind, e.subject, e.video, e.onset, e.offset), e)
        if earlier is not e and max(e.onset, e.offset) >= first:
            message = f"the same {e.kind} interval as row {earlier.row}"
            yield about(e, "duplicate-row", message, annotations.files.get(e.kind))


def _overlaps(annotations: Annotations, first: int) -> Iterator[Finding]:
    """Micro-expressions of a video that share frames, each reported once, at the later one."""
    videos: dict[tuple[str, str], list[Expression]] = defaultdict(list)
    for e in annotations.of_kind("micro"):
        if e.onset >= first:  # else the onset is unknown
            videos[e.subject, e.video].append(e)
    for expressions in videos.values():
        longest: Expression | None = None
        for e in sorted(expressions, key=lambda e: (e.onset, e.offset)):
            if longest is not None and e.onset <= longest.offset:
                message = f"overlaps row {longest.row} ({longest.onset}-{longest.offset})"
                shared = min(e.offset, longest.offset) - e.onset + 1
                yield about(e, "overlapping-me", message, annotations.files.get("micro"), shared)
            if longest is None or e.offset > longest.offset:
                longest = e


def _spellings(annotations: Annotations) -> Iterator[Finding]:
    """Names and emotions written in two ways, reported once per subject at the rarer one."""
    every = annotations.expressions
    spelled: dict[str, list[tuple[str, Expression]]] = {
        "subject": [(e.subject, e) for e in every],
        "emotion": [(e.label, e) for e in every if e.label],
        "video": [(e.video, e) for e in every],
    }
    for what, written in spelled.items():
        rows: dict[str, list[Expression]] = defaultdict(list)
        for word, e in written:
            rows[word].append(e)
        for rare, usual in _rare_spellings(rows, _SAME[what]):
            same = {e.subject for e in rows[usual]}
            for first in {e.subject: e for e in reversed(rows[rare])}.values():
                here = "also" if first.subject in same else "not"
                message = f"{what} {rare!r} beside {usual!r} ({here} of this subject)"
                yield about(first, "name-case", message, annotations.files.get(first.kind))


def _same_subject(word: str) -> str:
    return folded(subject_key(word))


_SAME: Mapping[str, Callable[[str], str]] = {
    "subject": _same_subject,
    "emotion": folded,
    "video": folded,
}
"""What is equal for two spellings of one word."""


def _rare_spellings(
    rows: Mapping[str, Sequence[Expression]], same: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Words that mean the same as a more frequent one; lower case wins a tie."""
    usual: dict[str, str] = {}
    for word in sorted(rows, key=lambda word: (-len(rows[word]), not word.islower())):
        known = usual.setdefault(same(word), word)
        if known != word:
            yield word, known
