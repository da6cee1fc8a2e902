"""Parts of a list that several processes share without talking to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from metst.base.settings import require

T = TypeVar("T")


@dataclass(frozen=True)
class Shard:
    """One of several equal parts; the first has number 1."""

    number: int
    count: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """The shard that `3/8` names.

        Raises:
            ConfigError: it names none.
        """
        number, _, count = text.partition("/")
        kept = number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)
        require("shard", text, kept, "one of several parts, such as 3/8")
        return cls(int(number), int(count))

    def of(self, items: Sequence[T]) -> Sequence[T]:
        """Every `count`-th item: neighbors, which are often alike in length, are dealt out."""
        return items[self.number - 1 :: self.count]

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"
