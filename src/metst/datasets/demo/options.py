"""What can be chosen about the demo data set, and how its folders are named."""

from dataclasses import dataclass
from pathlib import Path

from metst.base.settings import require

REFERENCE_SIZE = 300
"""Side of the picture, px, in which every amplitude and noise of the recipe is stated."""

LEAST_SECONDS = 2
"""Shortest video, s, that holds a micro-expression with quiet frames around it."""

LEAST_SIZE = 150
"""Smallest picture, px: dlib finds no face below about 80 px, half the side of the picture."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class DemoOptions:
    """Size and difficulty of the demo data set.

    Every class of emotion is seen in training by every fold if each subject has at least four
    micro-expressions (one per five seconds of video), as with the defaults.

    Attributes:
        subjects: number of identities; at least 2, since one is left out.
        videos: videos per subject, at most 26 (they are named by letters).
        frames: frames per video.
        size: side of the square frames, px.
        fps: frames per second; durations are fixed in seconds.
        difficulty: micro-expressions move `1 / difficulty` times as far.
        seed: other seeds give other people, times and noise.

    Raises:
        ConfigError: an option is out of its range.
    """

    subjects: int = 6
    videos: int = 3
    frames: int = 400
    size: int = 300
    fps: float = 30.0
    difficulty: float = 1.0
    seed: int = 100

    def __post_init__(self) -> None:
        least_frames = LEAST_SECONDS * self.fps
        rules = {
            "subjects": (self.subjects >= 2, "at least 2: one is left out"),
            "videos": (1 <= self.videos <= len(LETTERS), f"1 to {len(LETTERS)}"),
            "frames": (
                self.frames >= least_frames,
                f"at least {least_frames:g} ({LEAST_SECONDS} s)",
            ),
            "size": (self.size >= LEAST_SIZE, f"at least {LEAST_SIZE} px: faces are lost below"),
            "fps": (10 <= self.fps <= 1000, "10 to 1000: slower cameras miss micro-expressions"),
            "difficulty": (self.difficulty > 0, "above 0"),
            "seed": (self.seed >= 0, "0 or more"),
        }
        for name, (kept, expected) in rules.items():
            require(f"demo option {name}", getattr(self, name), kept, expected)

    @property
    def scale(self) -> float:
        """Pixels of a frame per pixel of the reference picture."""
        return self.size / REFERENCE_SIZE

    @property
    def seconds(self) -> float:
        """Length of one video, s."""
        return self.frames / self.fps

    @property
    def subject_names(self) -> list[str]:
        """Folder names of the subjects, as in CAS(ME)^3."""
        return [f"spNO.{number}" for number in range(1, self.subjects + 1)]

    @property
    def video_names(self) -> list[str]:
        """Folder names of one subject's videos, as in CAS(ME)^3."""
        return list(LETTERS[: self.videos])


def video_folder(root: Path, subject: str, video: str) -> Path:
    """Folder of a video; its frames are `color/<number>.jpg` below, numbered from 1."""
    return root / "data" / subject / video
