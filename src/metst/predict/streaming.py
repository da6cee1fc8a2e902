"""A live source through the networks: moments, events, and how far behind they are."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from metst.features.followed_face import FollowedFace
from metst.predict.events import Event, spotter
from metst.predict.live import Live, Moment, warm_up
from metst.predict.model import About, Model
from metst.video.detectors import face_detector
from metst.video.player import Player


@dataclass(frozen=True)
class Update:
    """What is known about one frame.

    Attributes:
        seconds: of the frame in the stream.
        repeated: no frame came in time; the last motion stands for it.
        delay: seconds from its arrival to now.
    """

    moment: Moment
    seconds: float
    repeated: bool
    delay: float


@dataclass(frozen=True)
class Found:
    """An event that has become certain.

    Attributes:
        seconds: of the last frame in the stream that was needed for it.
        delay: seconds from the arrival of its apex to now.
    """

    event: Event
    seconds: float
    delay: float


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


def stream(model: Model, source: int | Path, totals: Totals) -> Iterator[Update | Found]:
    """Analyze a live source; keeps count in `totals`.

    Each instant of the networks' frame rate is taken from the first frame that comes nearest to it;
    where frames were dropped, the last motion is repeated.

    Raises:
        VideoError: the source cannot be read.
        ConfigError: the networks read whole windows alone.
    """
    fps = model.about.fps
    detector = FollowedFace(face_detector(model.about.detector))
    live, report = Live(model, detector), _Report(model.about)
    warm_up(model, detector)
    player = Player(source, fps)
    begun = time.monotonic()
    for arrival in player.arrivals():
        due = int(arrival.seconds * fps + 0.5)  # the instant that this frame stands for
        if due < totals.frames:
            totals.unneeded += 1  # a source that is faster than the networks
            continue
        before = time.monotonic()
        moments: list[Moment] = []
        for instant in range(totals.frames, due + 1):
            report.arrived(instant, arrival.clock, repeated=instant < due)
            moments += live.push(arrival.frame if instant == due else None)
        totals.repeated += due - totals.frames
        totals.frames = due + 1
        totals.busy += time.monotonic() - before
        yield from report.of(moments)
        totals.seconds, totals.dropped = time.monotonic() - begun, player.dropped
    yield from report.of(live.finish())
    yield from report.rest()


class _Report:
    """What a stream comes to, with its times."""

    def __init__(self, about: About) -> None:
        self._fps, self._spotter = about.fps, spotter(about)
        self._clocks: dict[int, float] = {}
        self._repeated: set[int] = set()
        self._last = 0

    def arrived(self, instant: int, clock: float, *, repeated: bool) -> None:
        """An instant has come at a time of `time.monotonic`; repeated: without a frame."""
        self._clocks[instant] = clock
        if repeated:
            self._repeated.add(instant)

    def of(self, moments: Sequence[Moment]) -> Iterator[Update | Found]:
        """Frames that are complete, and events that are certain with them."""
        for moment in moments:
            self._last = moment.frame
            delay = time.monotonic() - self._clocks[moment.frame]
            late = moment.frame in self._repeated
            yield Update(moment, moment.frame / self._fps, late, delay)
            yield from self._found(self._spotter.push(moment))
            since = self._spotter.since
            self._clocks = {i: clock for i, clock in self._clocks.items() if i >= since}
            self._repeated = {i for i in self._repeated if i >= since}

    def rest(self) -> Iterator[Found]:
        """Events that are certain when the stream has ended."""
        return self._found(self._spotter.finish())

    def _found(self, events: Sequence[Event]) -> Iterator[Found]:
        for event in events:
            delay = time.monotonic() - self._clocks[event.apex]
            yield Found(event, self._last / self._fps, delay)
