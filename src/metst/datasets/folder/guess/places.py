"""Where the videos of a folder are, as a pattern with the names of subjects and videos."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from metst.datasets.folder.pattern import matches
from metst.video.folder import IMAGE_SUFFIXES, VIDEO_SUFFIXES

FEWEST_IMAGES = 10
"""A folder with fewer images is no video."""

SEPARATORS = (" - ", "_", "-", ".", " ")

RESULTS = "analysis.json"
"""A folder with such a file holds results of `metst predict`, which are no data."""


def find_videos(root: Path) -> tuple[list[Path], list[Path]]:
    """Video files below a folder, and folders of images."""
    files: list[Path] = []
    folders: list[Path] = []
    for name, below, names in os.walk(root):
        below[:] = sorted(d for d in below if not d.startswith("."))
        if RESULTS in names:
            continue
        suffixes = [Path(n).suffix.lower() for n in names if not n.startswith(".")]
        if sum(s in IMAGE_SUFFIXES for s in suffixes) >= FEWEST_IMAGES:
            folders.append(Path(name))
        files += [
            Path(name, n)
            for n in sorted(names)
            if Path(n).suffix.lower() in VIDEO_SUFFIXES and not n.startswith(".")
        ]
    return files, [folder for folder in folders if folder != root]


def find_files(root: Path, suffixes: Sequence[str]) -> list[Path]:
    """Files with one of some suffixes in a folder and below, without hidden ones and results."""
    paths = (p for p in root.rglob("*") if p.suffix.lower() in suffixes and p.is_file())
    own = (p for p in paths if not (p.parent / RESULTS).exists() and p.name != "predictions.csv")
    return sorted(p for p in own if not p.name.startswith((".", "~$")))


def pattern_of(root: Path, paths: Sequence[Path]) -> str:
    """The pattern that fits files or folders, as `metst.datasets.folder.pattern` reads it.

    Folders that differ are subject, then video; in a single name, what a separator parts. Where
    nothing differs, or nothing parts it, every file is a subject. Paths of another depth than most
    do not fit.
    """
    parts = [path.relative_to(root).parts for path in paths]
    depth = Counter(map(len, parts)).most_common(1)[0][0]
    columns = list(zip(*(p for p in parts if len(p) == depth), strict=True))
    differing = [i for i, names in enumerate(columns) if len(set(names)) > 1] or [depth - 1]
    suffixes = {path.suffix for path in paths if path.is_file()}
    suffix = next(iter(suffixes)) if len(suffixes) == 1 else ".*" if suffixes else ""
    words = [names[0] for names in columns]
    if len(differing) == 1:
        words[differing[0]] = _parted(columns[differing[0]], suffixes)
    else:
        fields = ["{subject}", "{video}", *["*"] * depth]
        for place, field in zip(differing, fields, strict=False):
            words[place] = field
    last = words[-1]
    if suffix and differing[-1] == depth - 1:
        words[-1] = last + suffix
    return "/".join(words)


def candidates(root: Path, paths: Sequence[Path]) -> Iterator[str]:
    """Patterns that may be meant, the most likely first.

    Names of subjects and videos can change places, and what all subjects begin with need not be
    part of their names: `S01_a.mp4` can be of subject 01, and `P_01_a.mp4`, too.
    """
    likely = pattern_of(root, paths)
    swap = {"{subject}": "{video}", "{video}": "{subject}"}
    other = re.sub(r"\{subject\}|\{video\}", lambda name: swap[name[0]], likely)
    for pattern in dict.fromkeys((likely, other) if "{video}" in likely else (likely,)):
        yield pattern
        subjects = [subject for subject, _ in matches(root, pattern).values()]
        begins = {re.split("[0-9]", subject)[0] for subject in subjects}
        if len(begins) == 1 and (prefix := begins.pop()) and prefix not in subjects:
            yield pattern.replace("{subject}", f"{prefix}{{subject}}", 1)
        parted = re.search(r"\{subject\}([^/]+)\{video\}", pattern)
        if parted and len(set(subjects)) == 1:
            yield pattern.replace("{subject}", f"{subjects[0]}{parted[1]}{{subject}}", 1)


def _parted(names: Sequence[str], suffixes: set[str]) -> str:
    stems = [Path(name).stem if suffixes else name for name in names]
    for separator in SEPARATORS:
        if all(separator in stem.strip(separator) for stem in stems):
            return f"{{subject}}{separator}{{video}}"
    return "{subject}"
