"""Names of files and folders: how they are sorted, compared and printed."""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path


def natural_key(text: str) -> tuple[tuple[int, str], ...]:
    """Sort key under which numbers inside names count as numbers: `a9` before `a10`."""
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    for piece in re.findall(r"\d+|\D+", text, flags=re.ASCII):
        # Digits keep their text as the second criterion: `07` and `7` are different names.
        yield (int(piece), piece) if piece[0] in "0123456789" else (-1, piece)


def folded(name: str) -> str:
    """Equal for names that differ only in case or in the Unicode form of their accents.

    Some file systems take such names for one, and people do.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def first_few(names: Sequence[str], most: int = 5) -> str:
    """Names as a message lists them: at most `most`, then how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def nearest(name: str, known: Sequence[str], otherwise: str) -> str:
    """The known names that are most like an unknown one, as a question, or `otherwise`."""
    near = difflib.get_close_matches(name, known, n=3)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


def is_utf8(name: str) -> bool:
    """Whether a name from the file system can be written as UTF-8."""
    return printable(name) == name


def printable(name: str | Path) -> str:
    r"""A name, or a text with names, that any output can take: bytes of no UTF-8 become `\x..`."""
    return str(name).encode(errors="surrogateescape").decode(errors="backslashreplace")
