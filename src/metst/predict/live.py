"""A video analyzed while it runs: the same curves as afterwards, a few frames late.

As in `roi_flow`, a window of k frames begins at every k / 2 frames and measures motion since
its own first frame. Each goes column by column through a stream of the network; what the windows
that see a frame give for it is averaged. So the curves equal those of the whole video, but for
the last frames of a shot, which no later window sees, and for faces, which are sought in the first
frame of a window alone, or from there on (`RoiSet.own_face`). A cut is known by the frames before
it (`metst.video.cuts.is_cut`). Late are a network's own delay, two or three frames, and the frames
that landmarks are smoothed over.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from metst.features.followed_face import FollowedFace
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.crop import CROP_SIZE, Face
from metst.features.roi_flow.curve import Follower, as_features
from metst.predict.model import Model, streaming_networks
from metst.predict.recent import Recent, Surrounded
from metst.video import Frame
from metst.video.cuts import AROUND, is_cut, thumbnail
from metst.video.face import LANDMARKS


@dataclass(frozen=True)
class Moment:
    """Output of the networks for one frame, counted from 0.

    Attributes:
        logits: of the classes (E + 1,).
        seen: whether a face was followed then.
        begins: whether a shot begins with it.
    """

    frame: int
    score: float
    logits: NDArray[np.float64]
    seen: bool
    begins: bool = False


class Live:
    """Networks that are shown one frame after the other.

    Raises:
        ConfigError: they read whole windows alone.
    """

    def __init__(self, model: Model, detector: FollowedFace) -> None:
        self.model, self.detector = model, detector
        self.networks = streaming_networks(model)
        self._windows: list[_Window] = []
        self._outputs: dict[int, list[_Output]] = {}
        self._frame = self._shot = 0
        self._recent = Recent(model.about.method.smooth)
        self._small: NDArray[np.float32] | None = None
        self._changes: deque[float] = deque(maxlen=AROUND)

    def push(self, frame: Frame | None) -> list[Moment]:
        """Show the next frame (H, W); None stands for one that was dropped: nothing has moved.

        Returns:
            The frames whose output is complete now.
        """
        moments = self.finish() if frame is not None and self._cuts(frame) else []
        self._recent.add(frame)
        return moments + (self._analyze() if len(self._recent) > self._recent.smooth else [])

    def _analyze(self) -> list[Moment]:
        """Take the next frame of those that came through the windows that see it."""
        k, frame = self.model.about.k, self._recent.take()
        if (self._frame - self._shot) % (k // 2) == 0:
            self._windows.append(_Window(self, self._frame))
        for window in self._windows:
            self._collect(window.push(frame))
        self._windows = [w for w in self._windows if self._frame < w.start + k - 1]
        self._frame += 1
        delay = max(network.delay for network in self.networks)
        return self._complete(self._frame - delay)

    def finish(self) -> list[Moment]:
        """The rest of a shot: its windows end early, and what comes next is another shot."""
        moments = [moment for _ in range(len(self._recent)) for moment in self._analyze()]
        for window in self._windows:
            self._collect(window.finish())
        self._windows.clear()
        self._changes.clear()
        self.detector.new_shot()
        moments += self._complete(self._frame)
        self._shot, self._recent = self._frame, Recent(self._recent.smooth)
        return moments

    def _cuts(self, frame: Frame) -> bool:
        """Whether a frame begins a new shot."""
        small, before = thumbnail(frame), self._small
        self._small = small
        if before is None:
            return False
        change, near = float(np.abs(small - before).mean()), np.array(self._changes)
        self._changes.append(change)
        return is_cut(change, near)

    def _collect(self, outputs: Iterable[tuple[int, "_Output"]]) -> None:
        for frame, output in outputs:
            self._outputs.setdefault(frame, []).append(output)

    def _complete(self, end: int) -> list[Moment]:
        """Moments before frame `end`, in order."""
        frames = sorted(frame for frame in self._outputs if frame < end)
        return [_moment(frame, self._outputs.pop(frame), frame == self._shot) for frame in frames]


@dataclass(frozen=True)
class _Output:
    """Output of one window for one frame: score and logits (E + 1,) of each network."""

    scores: list[float]
    logits: list[NDArray[np.float64]]
    seen: bool


class _Window:
    """A window on its way through the networks."""

    def __init__(self, live: Live, start: int) -> None:
        self._about = live.model.about
        self.start, self._k, self._detector = start, self._about.k, live.detector
        self._follower: Follower | None = None
        self._sought = False
        self._blind = 0
        self._streams = [network.stream() for network in live.networks]
        self._column = np.zeros((self._about.rois.channels, 1), np.float32)  # (C, 1)
        self._columns = self._ready = 0

    def push(self, frame: Surrounded | None) -> list[tuple[int, _Output]]:
        """Frames that the streams have completed, and their output."""
        if frame is not None:
            self._measure(frame)
        self._columns += 1
        column = torch.from_numpy(self._column)[None]  # (1, C, 1)
        ready = self._completed([stream.push(column) for stream in self._streams])
        return ready if self._columns < self._k else [*ready, *self.finish()]

    def finish(self) -> list[tuple[int, _Output]]:
        """The last frames, when no more columns come."""
        return self._completed([stream.finish() for stream in self._streams])

    def _measure(self, around: Surrounded) -> None:
        """The column of a frame; the first with a face is what motion is measured from."""
        if not self._sought:
            rois, method = self._about.rois, self._about.method
            face = around.face(self._detector, method.smooth)
            self._sought = face is not None or not rois.own_face
            if face:
                self._follower = Follower(around.frame, face, rois, method)
                self._blind = self._columns if rois.own_face else 0
        elif self._follower is not None:
            motion = self._follower.motion(around.frame)  # (M, 2)
            self._column = as_features(motion[None], self._follower.layout)  # (C, 1)

    def _completed(
        self, parts: list[tuple[torch.Tensor, torch.Tensor]]
    ) -> list[tuple[int, _Output]]:
        """Score (1, m) and logits (1, m, E + 1) of each network, frame by frame."""
        ready: list[tuple[int, _Output]] = []
        for i in range(parts[0][0].shape[1]):
            scores = [float(score[0, i]) for score, _ in parts]
            logits = [x[0, i].double().numpy() for _, x in parts]
            seen = self._follower is not None and self._ready >= self._blind
            ready.append((self.start + self._ready, _Output(scores, logits, seen)))
            self._ready += 1
        return ready


def warm_up(model: Model, detector: FollowedFace) -> None:
    """Load models and compile kernels before the first frame comes, which takes seconds."""
    picture = np.zeros((CROP_SIZE, CROP_SIZE), np.uint8)
    detector.detect(picture)
    detector.new_shot()
    across = np.linspace(CROP_SIZE // 4, 3 * CROP_SIZE // 4, LANDMARKS).astype(np.int64)
    face = Face(Box(0, CROP_SIZE, 0, CROP_SIZE), np.stack([across, across], axis=1))
    Follower(picture, face, model.about.rois, model.about.method).motion(picture)
    live = Live(model, detector)
    live.push(None)
    live.finish()


def _moment(frame: int, outputs: list[_Output], begins: bool) -> Moment:
    """Mean over windows, then over networks, as for a whole video."""
    score = float(np.mean([s.scores for s in outputs]))
    networks = range(len(outputs[0].logits))
    each = [np.mean([s.logits[n] for s in outputs], axis=0) for n in networks]
    logits = np.mean(each, axis=0)  # (E + 1,)
    return Moment(frame, score, logits, any(s.seen for s in outputs), begins)
