"""A copy of a video with what was seen in it: face, ROIs, score, and the current label."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.errors import VideoError
from metst.predict.analysis import FIRST, Analysis, Interval
from metst.predict.clip import colors_of
from metst.predict.decoding import Picture
from metst.report.timeline import COLORS
from metst.roi_flow import ME_TST_ROIS, Window
from metst.roi_flow.boxes import Box
from metst.roi_flow.crop import CROP_SIZE, Face
from metst.roi_flow.layout import Layout

WHITE, GREY = (255, 255, 255), (160, 160, 160)
STRIP = 48
"""Height of the strip below the picture that tells score and label, in pixels."""


def write_overlay(analysis: Analysis, path: Path) -> None:
    """Write the annotated copy (mp4), at the rate of the video.

    Raises:
        VideoError: this build of OpenCV cannot write it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".unfinished-{path.name}")  # its name ends as the codec asks
    try:
        _write(analysis, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(analysis: Analysis, path: Path) -> None:
    places, windows = _places(analysis), _windows(analysis)
    writer: cv2.VideoWriter | None = None
    for number, picture in enumerate(colors_of(analysis.path)):
        place = int(places[min(number, len(places) - 1)])
        drawn = _draw(picture, analysis, place, windows[place], number + FIRST)
        if writer is None:
            size = (drawn.shape[1], drawn.shape[0])
            codec = cv2.VideoWriter.fourcc(*"mp4v")
            writer = cv2.VideoWriter(str(path), codec, _rate(analysis), size)
            if not writer.isOpened():
                raise VideoError(path, "this build of OpenCV cannot write mp4; leave --overlay out")
        writer.write(drawn)
    if writer is not None:
        writer.release()


def _rate(analysis: Analysis) -> float:
    """Frames per second of the copy: those of the video."""
    seconds = float(analysis.seconds[-1])
    return (int(analysis.frames[-1]) - FIRST) / seconds if seconds > 0 else analysis.about.fps


def _places(analysis: Analysis) -> NDArray[np.int64]:
    """Place on the curves (n,) that tells about each frame of the video."""
    every = np.arange(FIRST, int(analysis.frames[-1]) + 1)
    last = np.searchsorted(analysis.frames, every, side="right") - 1
    return np.asarray(last.clip(min=0), np.int64)


def _windows(analysis: Analysis) -> list[Window | None]:
    """The window that began last at each place of the curves; None where a shot has none."""
    windows: list[Window | None] = [None] * len(analysis.score)
    for shot in analysis.shots:
        for window in shot.windows:
            first = shot.first + window.start
            for place in range(first, first + analysis.about.k):
                windows[place] = window
    return windows


def _draw(
    picture: Picture, analysis: Analysis, place: int, window: Window | None, number: int
) -> Picture:
    """One picture with everything on it and a strip below it; even sides, as codecs want."""
    height, width = (side + side % 2 for side in picture.shape[:2])
    canvas = np.zeros((height + STRIP, width, 3), np.uint8)
    canvas[: picture.shape[0], : picture.shape[1]] = picture
    if window is not None and window.face is not None:
        _draw_face(canvas, window.face)
    _draw_score(canvas, height, analysis, place)
    current = [x for x in analysis.intervals if x.onset <= number <= x.offset]
    _draw_label(canvas, height, current, analysis.about.name)
    return canvas


def _draw_face(canvas: Picture, face: Face) -> None:
    """Crop box of the window, and its ROIs."""
    _rectangle(canvas, face.box, WHITE, 1)
    inside = face.box.clip(canvas.shape[0] - STRIP, canvas.shape[1])
    down, right = inside.height / CROP_SIZE, inside.width / CROP_SIZE
    for region in Layout(face.landmarks, ME_TST_ROIS).regions.values():
        if not region.empty:
            box = Box(
                inside.top + round(region.top * down),
                inside.top + round(region.bottom * down),
                inside.left + round(region.left * right),
                inside.left + round(region.right * right),
            )
            _rectangle(canvas, box, GREY, 1)


def _rectangle(canvas: Picture, box: Box, color: tuple[int, int, int], thick: int) -> None:
    cv2.rectangle(canvas, (box.left, box.top), (box.right, box.bottom), color, thick)


def _draw_score(canvas: Picture, top: int, analysis: Analysis, place: int) -> None:
    """The smoothed score as a bar, full at twice the threshold; a tick at the threshold."""
    width = canvas.shape[1] // 2 - 8
    full = max(2 * analysis.threshold, 1e-9)
    length = round(width * min(float(analysis.smoothed[place]) / full, 1.0))
    cv2.rectangle(canvas, (4, top + 8), (4 + width, top + 22), GREY, 1)
    cv2.rectangle(canvas, (4, top + 8), (4 + length, top + 22), WHITE, -1)
    cv2.line(canvas, (4 + width // 2, top + 5), (4 + width // 2, top + 25), GREY, 2)


def _draw_label(canvas: Picture, top: int, current: list[Interval], name: str) -> None:
    left = canvas.shape[1] // 2 + 4
    if current:
        emotion = current[0].emotion
        _text(canvas, emotion, (left, top + 21), 0.6, _blue_green_red(COLORS[emotion]))
    _text(canvas, name, (4, top + STRIP - 8), 0.35, GREY)


def _text(
    canvas: Picture, text: str, at: tuple[int, int], size: float, color: tuple[int, int, int]
) -> None:
    cv2.putText(canvas, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, color, 1, cv2.LINE_AA)


def _blue_green_red(code: str) -> tuple[int, int, int]:
    """`#RRGGBB` as OpenCV counts colors."""
    return int(code[5:7], 16), int(code[3:5], 16), int(code[1:3], 16)
