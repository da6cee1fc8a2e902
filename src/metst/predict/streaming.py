"""A live source through the networks: moments, events, and how far behind they are."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from metst.features.followed_face import FollowedFace
from metst.predict.events import Event, Spotter
from metst.predict.live import Live, Moment, warm_up
from metst.predict.model import Model
from metst.video.detectors import face_detector
from metst.video.player import Player


@dataclass(frozen=True)
class Update:
    """What is known about one frame.

    Attributes:
        seconds: of the frame in the stream.
        event: that became certain with this frame.
        delay: seconds from the arrival of the event's apex, or of the frame, to now.
        repeated: no frame came in time; the last motion stands for it.
    """

    moment: Moment
    event: Event | None
    seconds: float
    delay: float
    repeated: bool


@dataclass
class Totals:
    """What a stream came to.

    Attributes:
        frames: instants of the networks' rate that were analyzed.
        repeated: of these, instants for which no frame came in time.
        unneeded: frames that came between two instants.
        dropped: frames that came while too many waited.
        seconds: from the first to the last frame, on this machine's clock.
        busy: seconds of these in which something was computed.
    """

    frames: int = 0
    repeated: int = 0
    unneeded: int = 0
    dropped: int = 0
    seconds: float = 0.0
    busy: float = 0.0

    @property
    def analyzed(self) -> int:
        """Frames that were analyzed."""
        return self.frames - self.repeated

    @property
    def arrived(self) -> int:
        """Frames that came."""
        return self.analyzed + self.unneeded + self.dropped

    @property
    def sustained(self) -> float:
        """Frames per second that could be kept up."""
        return self.analyzed / self.busy if self.busy else 0.0


def stream(model: Model, source: int | Path, totals: Totals) -> Iterator[Update]:
    """Analyze a live source; keeps count in `totals`.

    Each instant of the networks' frame rate is taken from the first frame that comes nearest to it;
    where frames were dropped, the last motion is repeated.

    Raises:
        VideoError: the source cannot be read.
        ConfigError: the networks read whole windows alone, or their finds are no peaks.
    """
    fps = model.about.fps
    detector = FollowedFace(face_detector(model.about.detector))
    spotter, live = Spotter(model.about), Live(model, detector)
    warm_up(model, detector)
    player = Player(source, fps)
    clocks: dict[int, float] = {}
    repeated: set[int] = set()
    begun = time.monotonic()
    for arrival in player.arrivals():
        due = int(arrival.seconds * fps + 0.5)  # the instant that this frame stands for
        if due < totals.frames:
            totals.unneeded += 1  # a source that is faster than the networks
            continue
        before = time.monotonic()
        moments: list[Moment] = []
        for instant in range(totals.frames, due + 1):
            clocks[instant] = arrival.clock
            totals.frames += 1
            if instant < due:
                totals.repeated += 1
                repeated.add(instant)
            moments += live.push(arrival.frame if instant == due else None)
        totals.busy += time.monotonic() - before
        for moment in moments:
            event = spotter.push(moment)
            delay = time.monotonic() - clocks[event.apex if event else moment.frame]
            late = moment.frame in repeated
            yield Update(moment, event, moment.frame / fps, delay, late)
        for old in [i for i in clocks if i < totals.frames - model.about.k]:
            del clocks[old]
            repeated.discard(old)
        totals.seconds, totals.dropped = time.monotonic() - begun, player.dropped
