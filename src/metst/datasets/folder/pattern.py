"""Files by a pattern with names in it: `videos/{subject}_{video}.mp4`."""

import glob
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from metst.base.names import natural_key
from metst.datasets.labels.annotations import VideoKey

_PARTS = re.compile(r"\{subject\}|\{video\}|\*")


def matches(root: Path, pattern: str) -> Mapping[Path, VideoKey]:
    """Files and folders below `root` that fit a pattern, in natural order, with their names.

    Args:
        root: a folder.
        pattern: `/` between folders. `{subject}` and `{video}` are any text without `/`, as short
            as it can be, and the same text where they are repeated; so is `*`. Without `{video}`
            a video is named like its file, without the suffix.
    """
    literal = _PARTS.split(pattern)
    wild = glob.escape(literal[0]) + "".join("*" + glob.escape(text) for text in literal[1:])
    found: dict[Path, VideoKey] = {}
    for path in sorted(root.glob(wild), key=lambda path: natural_key(str(path))):
        place = path.relative_to(root).as_posix()
        key = names_in(place, pattern)
        if key is not None and not _is_hidden(place, pattern):
            found[path] = key
    return found


def _is_hidden(place: str, pattern: str) -> bool:
    """Whether a file or one of its folders is hidden where the pattern does not ask for it."""
    pairs = zip(place.split("/"), pattern.split("/"), strict=False)
    return any(part.startswith(".") and not asked.startswith(".") for part, asked in pairs)


def names_in(path: str, pattern: str) -> VideoKey | None:
    """Subject and video of one path with `/` between folders; None where it does not fit."""
    fits = re.fullmatch(_regex(_PARTS.split(pattern), _PARTS.findall(pattern)), path)
    if fits is None:
        return None
    groups = fits.groupdict()
    return groups["subject"], groups.get("video") or PurePosixPath(path).stem


def fixed_folder(root: Path, pattern: str) -> Path:
    """The folder that all files of a pattern are in."""
    return root.joinpath(*_PARTS.split(pattern)[0].split("/")[:-1])


def is_pattern(text: str) -> bool:
    """Whether a path has a place for names."""
    return "{" in text


def _regex(literal: list[str], names: list[str]) -> str:
    text, seen = re.escape(literal[0]), set()
    for name, after in zip(names, literal[1:], strict=True):
        word = name.strip("{}")
        if name == "*":
            text += r"[^/]*?"
        else:
            text += f"(?P={word})" if word in seen else rf"(?P<{word}>[^/]+?)"
        seen.add(word)
        text += re.escape(after)
    return text
