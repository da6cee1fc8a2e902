"""Emotions as sets of face units, several for each, so that emotions share units.

Source: the prototypes and major variants of Ekman, Friesen & Hager, FACS Investigator's Guide 2002
(EMFACS), written with the face units that stand for their action units. "Others" is what coders
could not name: contempt (AU 14), lips and chin (AU 17, 18, 24, 28), strained lids (AU 4, 7).
"""

from collections.abc import Mapping
from typing import Final

Variant = Mapping[str, float]
"""Name of a face unit without its side -> its share of the strongest unit."""

EMOTION_UNITS: Final[Mapping[str, tuple[Variant, ...]]] = {
    "disgust": (
        {"noseSneer": 1.0, "mouthUpperUp": 0.8, "mouthShrugLower": 0.6},
        {"noseSneer": 1.0, "browDown": 0.5, "eyeSquint": 0.4},
        {"mouthUpperUp": 1.0, "mouthFrown": 0.7, "mouthShrugLower": 0.7},
        {"mouthUpperUp": 1.0, "eyeSquint": 0.5},
        {"browDown": 1.0, "noseSneer": 0.7, "mouthPress": 0.4},
    ),
    "surprise": (
        {"browInnerUp": 1.0, "browOuterUp": 0.9, "eyeWide": 0.8, "jawOpen": 0.6},
        {"browInnerUp": 1.0, "browOuterUp": 1.0},
        {"browInnerUp": 0.8, "browOuterUp": 1.0, "eyeWide": 0.7},
        {"eyeWide": 1.0, "jawOpen": 0.7},
    ),
    "others": (
        {"mouthDimple": 1.0},
        {"browDown": 1.0, "eyeSquint": 0.8},
        {"mouthShrugLower": 1.0, "mouthPress": 0.7},
        {"mouthPucker": 1.0, "mouthShrugUpper": 0.5},
        {"mouthRollLower": 1.0, "mouthRollUpper": 0.8},
        {"browInnerUp": 1.0, "mouthDimple": 0.6},
    ),
    "fear": (
        {
            "browInnerUp": 1.0,
            "browOuterUp": 0.6,
            "browDown": 0.5,
            "eyeWide": 0.9,
            "mouthStretch": 0.8,
        },
        {"browInnerUp": 1.0, "browDown": 0.6, "eyeWide": 0.7},
        {"browInnerUp": 1.0, "browOuterUp": 0.8, "eyeWide": 0.8},
        {"mouthStretch": 1.0, "eyeWide": 0.7, "jawOpen": 0.4},
    ),
    "anger": (
        {"browDown": 1.0, "eyeWide": 0.5, "eyeSquint": 0.7, "mouthPress": 0.8},
        {"browDown": 1.0, "eyeSquint": 0.8},
        {"browDown": 1.0, "mouthPress": 0.9},
        {"browDown": 0.8, "mouthRollLower": 0.6, "mouthRollUpper": 0.6, "mouthPress": 1.0},
    ),
    "sad": (
        {"browInnerUp": 1.0, "browDown": 0.6, "mouthFrown": 0.9},
        {"mouthFrown": 1.0, "mouthShrugLower": 0.6},
        {"browInnerUp": 1.0, "browDown": 0.5},
        {"browInnerUp": 0.8, "mouthFrown": 1.0, "cheekSquint": 0.4},
    ),
    "happy": (
        {"cheekSquint": 0.8, "mouthSmile": 1.0},
        {"mouthSmile": 1.0},
        {"mouthSmile": 1.0, "mouthDimple": 0.5},
        {"cheekSquint": 0.6, "mouthSmile": 1.0, "mouthUpperUp": 0.4},
    ),
}
"""Emotion, as CAS(ME)^3 writes it -> the sets of face units that show it."""

EMOTION_STRENGTH: Final[Mapping[str, float]] = {
    "disgust": 1.0,
    "surprise": 1.15,
    "others": 0.9,
    "fear": 1.0,
    "anger": 0.95,
    "sad": 0.85,
    "happy": 1.1,
}
"""How strongly an emotion is shown in MEs, beside the median; ours: no source counts it."""

SAMMLV_LABELS: Final[Mapping[str, str]] = {
    "disgust": "Disgust",
    "surprise": "Surprise",
    "others": "Other",
    "fear": "Fear",
    "anger": "Anger",
    "sad": "Sadness",
    "happy": "Happiness",
}
"""Emotion, as CAS(ME)^3 writes it -> as SAMM's table does."""
