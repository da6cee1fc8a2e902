"""A video analyzed while it runs: the same curves as afterwards, two frames late.

As in `metst.roi_flow`, a window of k frames begins at every k / 2 frames and measures motion since
its own first frame. Each goes column by column through a stream of the network; what the windows
that see a frame say about it is averaged. So the curves equal those of the whole video, but for its
last frames, which no later window sees, and for faces, which are sought in the first frame of a
window alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from metst.errors import ConfigError
from metst.face import LANDMARKS, LandmarkDetector
from metst.network.stream import Stream
from metst.predict.model import Model
from metst.roi_flow import ME_TST_ROIS
from metst.roi_flow.boxes import Box
from metst.roi_flow.crop import CROP_SIZE, Face, locate
from metst.roi_flow.curve import Follower, as_features
from metst.video import Frame

DELAY = 2
"""Frames that the network's stem looks ahead."""


@dataclass(frozen=True)
class Moment:
    """What the networks say about one frame, counted from 0.

    Attributes:
        probabilities: of the classes (E + 1,).
        seen: whether a face was followed then.
    """

    frame: int
    score: float
    probabilities: NDArray[np.float64]
    seen: bool


class Live:
    """Networks that are shown one frame after the other.

    Raises:
        ConfigError: the networks read motion that is known only afterwards.
    """

    def __init__(self, model: Model, detector: LandmarkDetector) -> None:
        if model.about.reference != "window":
            msg = "these networks read accumulated flow; only reference: window can be streamed"
            raise ConfigError(msg)
        self.model, self.detector = model, detector
        self._windows: list[_Window] = []
        self._said: dict[int, list[_Said]] = {}
        self._frame = 0

    def push(self, frame: Frame | None) -> Iterator[Moment]:
        """Show the next frame (H, W); None stands for one that was dropped: nothing has moved.

        Yields:
            The frames about which everything is said now.
        """
        k = self.model.about.k
        if self._frame % (k // 2) == 0:
            self._windows.append(_Window(self.model, self._frame, frame, self.detector))
        for window in self._windows:
            for place, said in window.push(frame):
                self._said.setdefault(place, []).append(said)
        self._windows = [w for w in self._windows if self._frame < w.start + k - 1]
        self._frame += 1
        done = self._frame - 1 - DELAY
        if done in self._said:
            yield _moment(done, self._said.pop(done))


@dataclass(frozen=True)
class _Said:
    """One window about one frame: score and logits (E + 1,) of each network."""

    scores: list[float]
    logits: list[NDArray[np.float64]]
    seen: bool


class _Window:
    """A window on its way through the networks."""

    def __init__(
        self, model: Model, start: int, frame: Frame | None, detector: LandmarkDetector
    ) -> None:
        self.start, self.k = start, model.about.k
        face = None if frame is None else locate(frame, detector)
        self._follower = None
        if face is not None and frame is not None:
            self._follower = Follower(frame, face, ME_TST_ROIS)
        self._streams = [Stream(network) for network in model.networks]
        self._column = np.zeros((ME_TST_ROIS.channels, 1), np.float32)  # (C, 1)
        self._columns = self._told = 0

    def push(self, frame: Frame | None) -> Iterator[tuple[int, _Said]]:
        """Frames that the streams have completed, and what they say."""
        if self._follower is not None and frame is not None and self._columns:
            motion = self._follower.motion(frame)  # (M, 2)
            self._column = as_features(motion[None], self._follower.layout)  # (C, 1)
        self._columns += 1
        column = torch.from_numpy(self._column)[None]  # (1, C, 1)
        parts = [[stream.push(column)] for stream in self._streams]
        if self._columns == self.k:
            for part, stream in zip(parts, self._streams, strict=True):
                part.append(stream.finish())
        # Each network: score (m,) and logits (m, E + 1) of the m frames completed now.
        scores = [torch.cat([p[0] for p in part], dim=1)[0] for part in parts]
        logits = [torch.cat([p[1] for p in part], dim=1)[0].double() for part in parts]
        for i in range(len(scores[0])):
            said = _Said(
                [float(s[i]) for s in scores],
                [x[i].numpy() for x in logits],
                self._follower is not None,
            )
            yield self.start + self._told, said
            self._told += 1


def warm_up(model: Model, detector: LandmarkDetector) -> None:
    """Load models and compile kernels before the first frame comes, which takes seconds."""
    picture = np.zeros((CROP_SIZE, CROP_SIZE), np.uint8)
    detector.detect(picture)
    across = np.linspace(CROP_SIZE // 4, 3 * CROP_SIZE // 4, LANDMARKS).astype(np.int64)
    face = Face(Box(0, CROP_SIZE, 0, CROP_SIZE), np.stack([across, across], axis=1))
    Follower(picture, face, ME_TST_ROIS).motion(picture)
    list(Live(model, detector).push(None))


def _moment(frame: int, said: list[_Said]) -> Moment:
    """Mean over windows, then over networks, as for a whole video."""
    score = float(np.mean([s.scores for s in said]))
    networks = range(len(said[0].logits))
    logits = [np.mean([s.logits[n] for s in said], axis=0) for n in networks]
    probabilities = np.mean([_softmax(x) for x in logits], axis=0)  # (E + 1,)
    return Moment(frame, score, probabilities, any(s.seen for s in said))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())
