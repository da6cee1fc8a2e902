"""Parts of a list that several processes share without talking to each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from metst.base.errors import ConfigError

T = TypeVar("T")


@dataclass(frozen=True)
class Shard:
    """One of several equal parts.

    Attributes:
        number: which one, from 1.
        count: of how many.
    """

    number: int
    count: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """The shard that `3/8` names.

        Raises:
            ConfigError: it names none.
        """
        numbers = re.fullmatch(r"(\d+)/(\d+)", text)
        if numbers is None or not 1 <= int(numbers[1]) <= int(numbers[2]):
            msg = f"shard: expected one of several parts, such as 3/8, got {text!r}"
            raise ConfigError(msg)
        return cls(int(numbers[1]), int(numbers[2]))

    def of(self, items: Sequence[T]) -> Sequence[T]:
        """Every `count`-th item: neighbors, which are often alike in length, are dealt out."""
        return items[self.number - 1 :: self.count]

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"
