"""Where faces are in the frames between: windows look for a face in their first one only."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.features.roi_flow.crop import CROP_SIZE, Face
from metst.predict.analysis import FIRST, Analysis
from metst.video import Frame
from metst.video.clip import frames_of
from metst.video.face import Landmarks

Move = NDArray[np.float64]
"""Shift, turn and scaling (2, 3) of points (x, y, 1) in pixels of the frame."""

STAYED: Move = np.eye(2, 3)

HALF = 0.5
"""Share of the landmarks that must be found again, and must have moved alike."""


@dataclass(frozen=True)
class Placed:
    """A measured face, and how it has moved since the frame in which it was found."""

    face: Face
    move: Move


def placed_faces(analysis: Analysis) -> Iterator[Placed | None]:
    """The face in every frame of the video; None where none was analyzed, and where it was lost.

    Landmarks are followed by sparse optical flow (Lucas and Kanade) to the next frame in which the
    face was found. What is missing to the place found there is made up for evenly on the way.
    """
    found, analyzed = _found(analysis), _analyzed(analysis)
    track: _Track | None = None
    for number, (_, frame) in enumerate(frames_of(analysis.path)):
        begins = number == 0 or analyzed.get(number) != analyzed.get(number - 1)
        if track is not None and begins:
            yield from track.places()
            track = None
        if track is not None:
            track.follow(frame)
        if number in found:
            if track is not None:
                yield from track.places(end=found[number])
            track = _Track(found[number], frame)
        elif track is None:
            yield None
    if track is not None:
        yield from track.places()


def _found(analysis: Analysis) -> dict[int, Face]:
    """Faces that windows were measured with, by the number of their frame from 0."""
    return {
        int(analysis.frames[shot.first + window.reference]) - FIRST: window.face
        for shot in analysis.shots
        for window in shot.windows
        if window.face is not None and window.reference is not None
    }


def _analyzed(analysis: Analysis) -> dict[int, int]:
    """Number of the shot of each frame of the video, from 0, in which a face was analyzed."""
    shots: dict[int, int] = {}
    for number, shot in enumerate(analysis.shots):
        frames = analysis.frames[shot.first : shot.first + shot.recording.frames] - FIRST
        every = np.arange(frames[0], frames[-1] + 1)
        places = np.searchsorted(frames, every, side="right") - 1
        shots.update((frame, number) for frame in every[shot.seen[places]].tolist())
    return shots


class _Track:
    """One face from the frame (H, W) in which it was found, until most of its points are lost."""

    def __init__(self, face: Face, frame: Frame) -> None:
        self.face = face
        self._start = in_frame(face.landmarks, face, frame)  # (68, 2)
        self._moves: list[Move] = [STAYED]
        self._lost = 0  # frames since then
        self._frame = frame

    def follow(self, frame: Frame) -> None:
        """Find the face in the next frame."""
        move = None if self._lost else self._next(frame)
        if move is None:
            self._lost += 1
        else:
            self._moves.append(move)
        self._frame = frame

    def _next(self, frame: Frame) -> Move | None:
        before = moved(self._start, self._moves[-1]).astype(np.float32)
        after, good, _ = cv2.calcOpticalFlowPyrLK(self._frame, frame, before, before.copy())
        kept = good.ravel() > 0
        if kept.mean() < HALF:
            return None
        step, inliers = cv2.estimateAffinePartial2D(before[kept], after[kept])
        if step is None or inliers.mean() < HALF:
            return None
        return (_square(np.asarray(step, np.float64)) @ _square(self._moves[-1]))[:2]

    def places(self, end: Face | None = None) -> Iterator[Placed | None]:
        """The face in each frame; `end` was found in the last one, which is left out then."""
        moves, missing = self._moves, np.zeros((2, 3))
        if end is not None and not self._lost:
            *moves, last = self._moves
            goal = in_frame(end.landmarks, end, self._frame)
            target = cv2.estimateAffinePartial2D(self._start, goal)[0]
            missing = missing if target is None else target - last
        for number, move in enumerate(moves):
            yield Placed(self.face, move + missing * (number / max(len(moves), 1)))
        yield from [None] * (self._lost - (end is not None and self._lost > 0))


def _square(move: Move) -> Move:
    return np.vstack([move, [0, 0, 1]])


def in_frame(points: Landmarks, face: Face, frame: Frame) -> NDArray[np.float64]:
    """Points (n, 2) of a face's crop as pixels of the frame (H, W, ...) in which it was found."""
    inside = face.box.clip(*frame.shape[:2])
    scale = np.array([inside.width, inside.height]) / CROP_SIZE
    return np.asarray(points * scale + [inside.left, inside.top], np.float64)


def moved(points: NDArray[np.float64], move: Move) -> NDArray[np.float64]:
    """Points (n, 2) of the frame in which a face was found, where the face has taken them."""
    return np.asarray(points @ move[:, :2].T + move[:, 2], np.float64)
