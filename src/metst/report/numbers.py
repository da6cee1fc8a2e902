"""Numbers of a page, each with the place it comes from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

Part = str | int | tuple[str | int, ...]
"""A key or an index, or several of them: the beginning of a path that templates hand on."""

UNDEFINED = "\N{EN DASH}"
"""Shown where a protocol's rules give no value."""


class Numbers:
    """Results as one document, whose values are shown together with their JSON pointer.

    The page holds the document too, so that a reader, or a test, can look every number up.

    Args:
        document: plain values for JSON.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def at(self, *path: Part) -> Any:  # noqa: ANN401 - whatever JSON can hold
        """The value at a path of keys and indices.

        Raises:
            KeyError: there is none.
        """
        value: Any = self.document
        for part in flat_path(path):
            value = value[part]
        return value

    def show(self, *path: Part, digits: int = 3) -> Markup:
        """The value at a path as an element: a whole number as it is, others with `digits`."""
        value = self.at(*path)
        if value is None:
            text, exact = UNDEFINED, ""
        else:
            text = str(value) if isinstance(value, int) else f"{value:.{digits}f}"
            exact = repr(value)
        return Markup('<data value="{}" data-path="{}">{}</data>').format(
            exact, pointer(flat_path(path)), text
        )


def flat_path(path: Sequence[Part]) -> list[str | int]:
    """The keys and indices of a path one by one."""
    return [key for part in path for key in (part if isinstance(part, tuple) else (part,))]


def pointer(path: Sequence[str | int]) -> str:
    """JSON pointer (RFC 6901) of a path."""
    return "".join(_escaped(path))


def _escaped(path: Sequence[str | int]) -> Iterator[str]:
    for part in path:
        yield "/" + str(part).replace("~", "~0").replace("/", "~1")
