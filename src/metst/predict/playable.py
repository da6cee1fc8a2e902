"""A video for browsers: the analyzed file where they play it, else a copy as H.264."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from metst.base.progress import progress
from metst.predict.analysis import Analysis
from metst.predict.encoding import write_mp4
from metst.predict.places import title
from metst.video.clip import colors_of
from metst.video.decoding import Picture, Record, stamps

FILE = "video.mp4"

PLAYABLE = {
    ".mp4": ("h264",),
    ".m4v": ("h264",),
    ".webm": ("vp8", "vp9"),
}
"""Codecs that Chromium, Firefox and Safari play, by suffix: of a local file it is the type."""

PIXELS = ("yuv420p", "yuvj420p")
"""Formats that hardware decodes, too."""

SLACK = 0.25
"""Frames by which a file's own times may differ from the analyzed ones."""


def playable(analysis: Analysis, new: Path, folder: Path) -> str:
    """Address of a video that browsers play, relative to the folder of the results.

    Args:
        analysis: of a file or a folder of images.
        new: folder that a copy is written to where browsers do not play the file.
        folder: the folder of the results.

    Raises:
        VideoError: this build of FFmpeg cannot write the copy.
    """
    if plays(analysis.path, analysis.times):
        return quote(os.path.relpath(analysis.path.absolute(), folder.absolute()))
    write_mp4(new / FILE, _pictures(analysis), ["libx264"], "leave --page out, or give --no-video")
    return FILE


def plays(path: Path, times: NDArray[np.float64]) -> bool:
    """Whether browsers play a file and show each frame at its time in the analysis.

    They count from the zero of the container, not from the first frame.

    Args:
        path: a file or folder that was analyzed.
        times: (n,) when each frame is shown, in seconds from the first.
    """
    suffix = path.suffix.lower()
    if path.is_dir() or suffix not in PLAYABLE:
        return False
    record = Record()
    own = np.sort([np.nan if stamp is None else stamp for stamp in stamps(path, record)])
    plain = record.codec in PLAYABLE[suffix] and record.pixels in PIXELS and record.streams == 1
    if not plain or own.shape != times.shape:
        return False
    step = np.diff(times).min(initial=1.0)
    return bool(np.abs(own - times).max() < SLACK * step)


def _pictures(analysis: Analysis) -> Iterator[tuple[Picture, float]]:
    """Every picture, with even sides as H.264 wants, and when it is shown."""
    with progress(f"{title(analysis.path)} for browsers", len(analysis.times), "frames") as advance:
        for picture, second in zip(colors_of(analysis.path), analysis.times.tolist(), strict=True):
            height, width = picture.shape[:2]
            yield np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), "edge"), second
            advance(1)
