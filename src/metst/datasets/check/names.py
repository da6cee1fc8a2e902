"""Checks of the names of subjects and videos: each has to name one thing, everywhere."""

from collections import Counter
from collections.abc import Iterable, Iterator

from metst.base.names import folded, is_utf8, printable
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.findings import Finding


def name_findings(videos: Iterable[VideoKey]) -> Iterator[Finding]:
    """Names that are not UTF-8, given twice, or so alike that some programs take them for one.

    A subject under two names would be in the training of its own fold.
    """
    counts = Counter(videos)
    for (subject, video), count in counts.items():
        if count > 1:
            message = f"expected every video once, found this one {count} times"
            yield Finding("same-name", message, subject=subject, video=video)
    names: dict[str, list[str]] = {}
    for subject, video in counts:
        names.setdefault(subject, []).append(video)
    yield from (Finding(code, text, subject=s) for s, code, text in _odd(names))
    for subject, own in names.items():
        for video, code, text in _odd(own):
            yield Finding(code, text, subject=subject, video=video)


def _odd(names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Name, code and message."""
    seen: dict[str, str] = {}
    for name in names:
        if not is_utf8(name):
            yield name, "not-utf8", _rename(name)
        other = seen.setdefault(folded(name), name)
        if other != name:
            like = f"differs only in case, or in the coding of accents, from {printable(other)}"
            yield name, "name-case", like


def _rename(name: str) -> str:
    return (
        f"expected a folder name in UTF-8, found the bytes {printable(name)}; rename it, such as "
        "with: convmv -r -f gbk -t utf8 --notest FOLDER"
    )
