"""From the emotion words of the tables to the emotion classes; all words in lower case.

Source of both maps: the authors' released code.
"""

from collections.abc import Mapping

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
