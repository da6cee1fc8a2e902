"""The face units that move, and the action units (FACS) that they are."""

from collections.abc import Mapping
from typing import Final

SIDED: Final = (
    *("browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeSquint", "eyeWide"),
    *("mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress", "mouthSmile", "mouthStretch"),
    *("mouthUpperUp", "noseSneer"),
)
"""Units of each side of the face."""

MIDDLE: Final = (
    *("browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose"),
    *("mouthFunnel", "mouthLeft", "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper"),
    *("mouthShrugLower", "mouthShrugUpper"),
)
"""Units of the whole face."""

UNITS: Final = (*(f"{name}{side}" for name in SIDED for side in ("Left", "Right")), *MIDDLE)
"""All units, in the order of every array of intensities (T, U)."""

ACTION_UNITS: Final[Mapping[str, int]] = {
    "browInnerUp": 1,
    "browOuterUp": 2,
    "browDown": 4,
    "eyeWide": 5,
    "cheekSquint": 6,
    "eyeSquint": 7,
    "noseSneer": 9,
    "mouthUpperUp": 10,
    "mouthSmile": 12,
    "mouthDimple": 14,
    "mouthFrown": 15,
    "mouthLowerDown": 16,
    "mouthShrugLower": 17,
    "mouthPucker": 18,
    "mouthStretch": 20,
    "mouthFunnel": 22,
    "mouthPress": 24,
    "jawOpen": 26,
    "mouthRollLower": 28,
    "mouthRollUpper": 28,
    "cheekPuff": 34,
    "eyeBlink": 45,
}
"""Face unit without its side -> number of its action unit (Ekman, Friesen & Hager, FACS 2002)."""


def of_both_sides(name: str) -> tuple[str, ...]:
    """Units of a name without its side: left and right, or the one of the whole face."""
    return (f"{name}Left", f"{name}Right") if name in SIDED else (name,)
