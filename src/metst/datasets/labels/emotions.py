"""From the words of the tables to emotion classes and kinds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from metst.base.errors import ConfigError
from metst.base.names import folded


@dataclass(frozen=True)
class Emotions:
    """A scheme: the emotion classes of a task, and what the words of the tables mean in it.

    Attributes:
        classes: in the order of the network's logits.
        words: word of the tables, `folded` -> its class; None where micro-expressions with this
            word are not part of the task. Any other word is a mistake of the tables.

    Raises:
        ConfigError: a word has a class that the scheme lacks.
    """

    classes: tuple[str, ...]
    words: Mapping[str, str | None]

    def __post_init__(self) -> None:
        for word, name in self.words.items():
            if name is not None and name not in self.classes:
                msg = f"emotion {word!r}: expected one of {', '.join(self.classes)}, got {name!r}"
                raise ConfigError(msg)

    def class_of(self, label: str) -> str | None:
        """Emotion class of a table's word, its case ignored; None where it has none."""
        return self.words.get(_key(label))

    def leaves_out(self, label: str) -> bool:
        """Whether micro-expressions with this word are not part of the task."""
        return self.words.get(_key(label), label) is None

    @property
    def complete(self) -> bool:
        """Whether every annotated micro-expression is part of the task."""
        return None not in self.words.values()


def _key(label: str) -> str:
    return folded(label.strip())


def kind_of(word: str) -> Literal["micro", "macro"] | None:
    """Kind that a type word begins with: `Micro - 1/2`, `Macro`, `Micro-expression`; else None.

    A word that names both kinds, or begins with something else, is not understood.
    """
    found = re.findall(r"micro|macro", folded(word))
    begins = re.match(r"(micro|macro)($|[^a-z]|expression)", folded(word.strip()))
    return found[0] if begins and len(set(found)) == 1 else None
