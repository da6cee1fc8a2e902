"""Where everything of a set of rendered heads lies, in the layout of either data set."""

from pathlib import Path
from typing import Final

from metst.datasets.heads.options import Layout
from metst.datasets.labels import sammlv

FOLDERS: Final[dict[Layout, str]] = {"casme3": "data", "sammlv": "SAMM_longvideos"}
"""Folder of the videos."""

TABLES: Final[dict[Layout, tuple[str, str]]] = {
    "casme3": ("casme3_label.xlsx", "casme3_full_label.xlsx"),
    "sammlv": (sammlv.LONG_FILE, sammlv.FACS_FILE),
}
"""Files of both label tables."""

TRUTH: Final = "truth"
"""Folder of what is exactly known: an array file per video, and `VIDEOS_FILE`."""

VIDEOS_FILE: Final = f"{TRUTH}/videos.json"

CLIPS: Final = "clips"
"""Folder of a short film per identity."""


def video_folder(root: Path, layout: Layout, subject: str, video: str) -> Path:
    """Folder of a video."""
    videos = root / FOLDERS[layout]
    return videos / subject / video if layout == "casme3" else videos / video


def image_name(layout: Layout, video: str, number: int) -> str:
    """Name of a frame in the folder of its video; `number` counts from 1."""
    return f"color/{number}.jpg" if layout == "casme3" else f"{video}_{number:05d}.jpg"


def truth_file(root: Path, subject: str, video: str) -> Path:
    """File with the true curves of a video."""
    return root / TRUTH / f"{subject}_{video}.npz"


def clip_file(root: Path, subject: str) -> Path:
    """Short film of an identity."""
    return root / CLIPS / f"{subject}.mp4"
