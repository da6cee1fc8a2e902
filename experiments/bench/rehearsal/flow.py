"""Flow that nobody measured: ideal flow of heads that are not rendered, with measured errors.

Shapes: W windows of k frames, C flow channels.
"""

from functools import lru_cache
from typing import Final

import numpy as np

from experiments.bench.ideal.noise import FITTED, Codec
from experiments.bench.ideal.person import Person, measure, person
from experiments.bench.rehearsal.acting import acted
from metst.base.randomness import generator
from metst.datasets.heads.identity import draw_identity
from metst.datasets.heads.render.figure import Figure
from metst.datasets.heads.script.recording import STRONG_JPEG
from metst.datasets.heads.script.video import Camera
from metst.datasets.labels import Recording
from metst.features.roi_flow import flow_entry
from metst.features.store import Entry
from metst.features.windows import window_starts

SIZE: Final = 360
"""Side of the pictures, px, that the errors were measured in."""

BOX: Final = (0, 300, 0, 300)
"""Face crop that is stored with every window."""


def features(recording: Recording, k: int, seed: int = 100) -> Entry:
    """Flow windows of a video as the extraction would store them."""
    happens, who = acted(recording, seed), _person(seed, recording.subject)
    starts = window_starts(recording.frames, k, tail=True)
    places = who.places(happens.units, happens.pose)
    ideal, head = measure(who.points, places, starts, k)
    rng = generator(seed, "rehearsal", "flow", recording.subject, recording.video)
    camera = happens.camera
    errors = FITTED.of_person(generator(seed, "rehearsal", "errors", recording.subject))
    windows = errors.disturbed(ideal, head, camera.noise, _codec(camera), rng)
    boxes = np.tile(np.array(BOX, np.int64), (len(starts), 1))
    return flow_entry(windows, starts, starts, boxes, recording.frames)


@lru_cache(maxsize=1)
def _person(seed: int, subject: str) -> Person:
    """Videos come by subject: one person at a time."""
    return person(Figure(draw_identity(seed, subject), SIZE))


def _codec(camera: Camera) -> Codec:
    if camera.h264 is not None:
        return "h264"
    return "jpeg" if camera.jpeg <= STRONG_JPEG[1] else "usual"
