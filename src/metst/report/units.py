"""Intensities of action units as curves of a page, where the data set knows them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import MetstError
from metst.datasets.labels import Recording
from metst.report.packing import UNIT_STEP
from metst.report.scored import VideoKey
from metst.results.run import Run

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Units:
    """Curves of the units that move, by video.

    Attributes:
        names: units that move in any video, in the order of the data set.
        curves: video -> name -> intensity (T,) in sub-sampled frames, of those that move in it.
    """

    names: tuple[str, ...] = ()
    curves: dict[VideoKey, dict[str, NDArray[np.float32]]] = field(default_factory=dict)


def action_units(runs: Sequence[Run]) -> Units:
    """Units from the first run whose data set is still there and knows them."""
    for run in runs:
        if not isinstance(run.data, str) and (found := _of_run(run)).names:
            return found
    return Units()


def _of_run(run: Run) -> Units:
    data = run.data
    if isinstance(data, str):
        return Units()
    known: dict[str, bool] = {}
    curves = {}
    for recording in run.recordings:
        key = recording.subject, recording.video
        try:
            every = data.dataset.action_units(data.root, *key)
        except MetstError as error:
            _log.warning("no action units of %s/%s: %s", *key, error)
            continue
        curves[key] = {n: _sampled(c, recording) for n, c in every.items() if _moves(c)}
        for name in every:
            known[name] = known.get(name, False) or name in curves[key]
    return Units(tuple(name for name, moves in known.items() if moves), curves)


def _moves(curve: NDArray[np.float32]) -> bool:
    """Whether anything of a curve is left when it is rounded to whole steps."""
    return bool(len(curve)) and float(np.abs(curve).max()) >= UNIT_STEP


def _sampled(curve: NDArray[np.float32], recording: Recording) -> NDArray[np.float32]:
    """A curve of own frames as one of the recording's sub-sampled frames (T,)."""
    kept = curve[:: recording.timebase.skip][: recording.frames]
    return np.pad(kept, (0, recording.frames - len(kept)))
