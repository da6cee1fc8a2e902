"""A copy of a video with what was found in it: face, ROIs, score, and the current label."""

import textwrap
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.roi_flow import RoiSet
from metst.features.roi_flow.layout import Layout
from metst.predict.analysis import FIRST, Analysis
from metst.predict.encoding import write_mp4
from metst.predict.following import Placed, in_frame, moved, placed_faces
from metst.report.timeline import emotion_colors
from metst.video.clip import colors_of
from metst.video.decoding import Picture

WHITE, GREY, DARK = (255, 255, 255), (190, 190, 190), (70, 70, 70)

LEAST_WIDTH = 320
"""Pixels that the lines of text need; narrower pictures get a black margin."""

LINE = 22
"""Height of a line below a picture of `LEAST_WIDTH`, in pixels; more on wider ones."""

CUT_SHOWN = 0.5
"""Seconds for which a cut is written below the picture."""

CODECS = ("libx264", "mpeg4")
"""Encoders by preference: H.264 plays in browsers and slides; not every FFmpeg can write it."""

UNNAMED = "#ffffff"
"""Color of an interval without an emotion."""


def write_overlay(analysis: Analysis, path: Path) -> None:
    """Write the annotated copy (mp4), with the times of the video.

    Raises:
        VideoError: this build of FFmpeg cannot write it.
    """
    write_mp4(path, _pictures(analysis), CODECS, "leave --overlay out")


def _pictures(analysis: Analysis) -> Iterator[tuple[Picture, float]]:
    """Every picture with everything on it, and when it is shown."""
    count = int(analysis.frames[-1]) - FIRST + 1
    every = np.arange(count) + FIRST
    places = np.searchsorted(analysis.frames, every, side="right") - 1
    pairs = zip(colors_of(analysis.path), placed_faces(analysis), strict=True)
    for number, (picture, placed) in enumerate(islice(pairs, count)):
        board = _Board(analysis, picture)
        if placed is not None:
            _draw_face(board.canvas, picture, placed, analysis.about.rois)
        board.write(number + FIRST, float(analysis.times[number]), int(places[number].clip(min=0)))
        yield board.canvas, float(analysis.times[number])


def _draw_face(canvas: Picture, picture: Picture, placed: Placed, rois: RoiSet) -> None:
    """Crop box and ROIs, where the head has taken them since they were measured."""
    size = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])  # corners (x, y)
    inside = placed.face.box.clip(*picture.shape[:2])
    box = size * [inside.width, inside.height] + [inside.left, inside.top]
    shown = canvas[: picture.shape[0], : picture.shape[1]]
    _polygon(shown, moved(box, placed.move), WHITE)
    for region in Layout(placed.face.landmarks, rois).regions.values():
        if not region.empty:
            corners = size * [region.width, region.height] + [region.left, region.top]
            _polygon(shown, moved(in_frame(corners, placed.face, picture), placed.move), GREY)


def _polygon(canvas: Picture, points: NDArray[np.float64], color: tuple[int, int, int]) -> None:
    cv2.polylines(canvas, [points.round().astype(np.int32)], True, color, 1, cv2.LINE_AA)


class _Board:
    """A picture with lines of text below; even sides, as codecs want."""

    def __init__(self, analysis: Analysis, picture: Picture) -> None:
        self.analysis = analysis
        height, width = picture.shape[:2]
        self._top, wide = height + height % 2, max(width + width % 2, LEAST_WIDTH)
        self._unit = wide / LEAST_WIDTH
        self._line = round(LINE * self._unit)
        self._name = textwrap.wrap(analysis.about.name, 40)[:3]
        self._colors = emotion_colors(analysis.about.emotions)
        rows = self._line * (2 + len(self._name)) + 8
        self.canvas = np.zeros((self._top + rows + rows % 2, wide, 3), np.uint8)
        self.canvas[:height, :width] = picture

    def write(self, number: int, second: float, place: int) -> None:
        """Fill the lines for frame `number`, which place `place` of the curves stands for."""
        why = _not_analyzed(self.analysis, place)
        self._draw_score(None if why else float(self.analysis.smoothed[place]))
        current = [x for x in self.analysis.intervals if x.onset <= number <= x.offset]
        if current:
            emotion = current[0].emotion  # empty of what only spots
            color = _blue_green_red(self._colors.get(emotion, UNNAMED))
            self._text(0, emotion or "micro-expression", color, left=0.52)
        begun = [s for s in (shot.first for shot in self.analysis.shots[1:]) if s <= place]
        cut = begun and second - self.analysis.seconds[begun[-1]] < CUT_SHOWN
        score = why or f"score {self.analysis.smoothed[place]:.3f}"
        self._text(1, f"frame {number}  {second:.2f} s  {score}{'  cut' if cut else ''}", WHITE)
        for row, line in enumerate(self._name, start=2):
            self._text(row, line, GREY)

    def _draw_score(self, score: float | None) -> None:
        """The smoothed score as a bar, full at twice the threshold; hatched where there is none."""
        edge, line = round(4 * self._unit), self._line
        left, top = edge, self._top + edge
        right, bottom = self.canvas.shape[1] // 2, self._top + line
        bar = self.canvas[top:bottom, left:right]
        if score is None:
            down, along = np.indices(bar.shape[:2])
            bar[(down + along) % (2 * edge) < edge / 2] = DARK
        else:
            full = max(2 * self.analysis.threshold, 1e-9)
            bar[:, : round(bar.shape[1] * min(score / full, 1.0))] = WHITE
            middle = (left + right) // 2
            cv2.line(self.canvas, (middle, top - 2), (middle, bottom + 2), GREY, 2)
        cv2.rectangle(self.canvas, (left, top), (right, bottom), GREY, 1)

    def _text(self, row: int, text: str, color: tuple[int, int, int], left: float = 0.0125) -> None:
        at = round(left * self.canvas.shape[1]), self._top + round(self._line * (row + 0.85))
        plain = text.encode("ascii", "replace").decode()  # all that the font has
        thick = max(1, round(self._unit))
        size = 0.43 * self._unit
        cv2.putText(
            self.canvas, plain, at, cv2.FONT_HERSHEY_SIMPLEX, size, color, thick, cv2.LINE_AA
        )


def _not_analyzed(analysis: Analysis, place: int) -> str:
    """Why a place of the curves has no score; empty where it has one."""
    if analysis.analyzed[place]:
        return ""
    shot = [shot for shot in analysis.shots if shot.first <= place][-1]
    return "not analyzed: short shot" if shot.short else "not analyzed: no face"


def _blue_green_red(code: str) -> tuple[int, int, int]:
    """`#RRGGBB` as OpenCV counts colors."""
    return int(code[5:7], 16), int(code[3:5], 16), int(code[1:3], 16)
