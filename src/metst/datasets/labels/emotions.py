"""From the words of the tables to emotion classes and kinds; all words in lower case.

Source of both maps: the authors' released code.
"""

import re
from collections.abc import Mapping
from typing import Literal

EmotionMap = Mapping[str, str]

CASME3: EmotionMap = {
    "anger": "negative",
    "disgust": "negative",
    "fear": "negative",
    "sad": "negative",
    "happy": "positive",
    "surprise": "surprise",
    "others": "others",
}
"""CAS(ME)^3."""

SAMMLV: EmotionMap = {
    "anger": "negative",
    "contempt": "negative",
    "disgust": "negative",
    "fear": "negative",
    "sadness": "negative",
    "happiness": "positive",
    "surprise": "surprise",
    "other": "others",
}
"""SAMM Long Videos."""


def emotion_class(label: str, emotions: EmotionMap) -> str | None:
    """Emotion class of a table's word, its case ignored; None where it has none."""
    return emotions.get(label.strip().lower())


def kind_of(word: str) -> Literal["micro", "macro"] | None:
    """Kind that a type word begins with: `Micro - 1/2`, `Macro`, `Micro-expression`; else None.

    A word that names both kinds, or begins with something else, is not understood.
    """
    found = re.findall(r"micro|macro", word.casefold())
    begins = re.match(r"(micro|macro)($|[^a-z]|expression)", word.strip().casefold())
    return found[0] if begins and len(set(found)) == 1 else None
