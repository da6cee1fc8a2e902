"""What can be chosen about the rendered heads: size, seed, and every knob of what varies."""

from dataclasses import dataclass, fields
from typing import Final, Literal

from metst.base.settings import require

LEAST_SIZE: Final = 150
"""Smallest picture, px: dlib finds no face below about 80 px."""

Layout = Literal["casme3", "sammlv"]


@dataclass(frozen=True)
class Knobs:
    """What varies, and how much. Shares are of videos, unless something else is written.

    Attributes:
        strength: median intensity of the strongest face unit at the apex of an ME (1: full).
        asymmetry: how far left and right differ, 0 (not at all) to 1.
        missing: probability that a face unit of an emotion stays out of an ME.
        overlap: probability that an ME shows a unit of another emotion besides.
        macros: MaEs per minute.
        blinks: blinks per minute of the median subject.
        swallows: swallowing per minute.
        speech: share with speech.
        gaze: how much the eyes wander; 1 as people do.
        motion: head motion, 1: drift of some degrees and a tremor of hundredths of a degree.
        strong_motion: share with four times as much head motion.
        lights: share in which the light moves or flickers.
        noise: sensor noise of the median video, grey levels (standard deviation).
        blur: exposure time as a share of the time between two frames.
        compression: share with strong JPEG or H.264 compression.
        lost: share with dropped and repeated frames.
        occlusion: share in which something passes in front of the face.
    """

    strength: float = 0.6
    asymmetry: float = 0.5
    missing: float = 0.15
    overlap: float = 0.1
    macros: float = 2.5
    blinks: float = 10.0
    swallows: float = 1.0
    speech: float = 0.25
    gaze: float = 1.0
    motion: float = 0.6
    strong_motion: float = 0.2
    lights: float = 0.3
    noise: float = 1.5
    blur: float = 0.5
    compression: float = 0.25
    lost: float = 0.15
    occlusion: float = 0.1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            most = 1.0 if field.name in _SHARES else 100.0
            require(f"heads option {field.name}", value, 0 <= value <= most, f"0 to {most:g}")


_SHARES: Final = (
    *("asymmetry", "missing", "overlap", "speech", "strong_motion", "lights", "blur"),
    *("compression", "lost", "occlusion"),
)


@dataclass(frozen=True)
class HeadsOptions:
    """Size, seed and difficulty of a set of rendered heads.

    Attributes:
        layout: the files and tables of CAS(ME)^3 at 30 frames/s, or of SAMM-LV at 200 frames/s.
        subjects: number of identities; at least 2, since one is left out.
        minutes: length of all videos together.
        micro: number of MEs.
        size: side of the square frames, px.
        difficulty: MEs are `1 / difficulty` times as strong; noise and head motion `difficulty`
            times as large.
        seed: other seeds give other people, times and noise.
        knobs: what varies.

    Raises:
        ConfigError: an option is out of its range.
    """

    layout: Layout = "casme3"
    subjects: int = 20
    minutes: float = 40.0
    micro: int = 160
    size: int = 360
    difficulty: float = 1.0
    seed: int = 1
    knobs: Knobs = Knobs()

    def __post_init__(self) -> None:
        rules = {
            "subjects": (2 <= self.subjects <= 1000, "2 to 1000: one is left out"),
            "minutes": (0 < self.minutes <= 10_000, "above 0, at most 10000"),
            "micro": (self.micro >= self.subjects, "one per subject or more"),
            "size": (self.size >= LEAST_SIZE, f"at least {LEAST_SIZE} px: faces are lost below"),
            "difficulty": (self.difficulty > 0, "above 0"),
            "seed": (self.seed >= 0, "0 or more"),
        }
        for name, (kept, expected) in rules.items():
            require(f"heads option {name}", getattr(self, name), kept, expected)

    @property
    def fps(self) -> float:
        """Frames per second."""
        return 30.0 if self.layout == "casme3" else 200.0
