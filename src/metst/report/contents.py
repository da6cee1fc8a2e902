"""Everything that the page's timelines are drawn from, as plain values and packed curves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from metst.datasets.labels import NEUTRAL, Recording
from metst.report import packing
from metst.report.scored import Scored, VideoKey
from metst.report.thumbnails import add_faces
from metst.report.timeline import Timeline
from metst.report.units import Units, action_units
from metst.report.videos import (
    Curve,
    channel_names,
    drawn,
    intervals,
    score_curves,
    traces,
)
from metst.results.run import Run

Rows = dict[int, Curve]
"""Curves (T,) of a video by their place in the list of kinds."""

Kind = dict[str, Any]
"""What a curve is: `kind`, `label` and the number of its `run`."""

ALWAYS = ("score", "smoothed")
"""Kinds of curves that every video keeps, however many there are."""


@dataclass(frozen=True)
class Contents:
    """Data of the timelines.

    Attributes:
        manifest: names of runs and classes, and what each curve is, with the step it is stored in.
        videos: one entry per recording; `rows` lists the curves that its packed text holds.
        packed: text of each video's curves; empty where there are none.
        thinned: whether the page had no room for all curves of videos without annotated MEs.
        faces: number of intervals with pictures of the face.
        faces_left_out: number of those that the page had no room for.
    """

    manifest: dict[str, Any]
    videos: list[dict[str, Any]]
    packed: list[str]
    thinned: bool
    faces: int
    faces_left_out: int


def contents(scored: Sequence[Scored], *, thumbnails: bool) -> Contents:
    """Gather intervals and curves of all videos, in the order of the data set.

    Args:
        scored: runs of one data set; flow and action units come from the first that still has them.
        thumbnails: add pictures of faces, where the frames are there.
    """
    runs = [each.run for each in scored]
    recordings = runs[0].recordings
    timelines = [drawn(each) for each in scored]
    flow = _flow(runs)
    channels = next((len(curves) for curves in flow.values()), 0)
    units = action_units(runs)
    kinds = [*_score_kinds(runs), *_flow_kinds(channels), *_unit_kinds(units)]
    rows = [
        _rows((r.subject, r.video), runs, timelines, flow)
        | _unit_rows((r.subject, r.video), units, len(kinds))
        for r in recordings
    ]
    thinned, steps, packed = _pack(
        rows, kinds, [bool(scored[0].judged(r).micro) for r in recordings]
    )
    videos = []
    for recording, (places, _) in zip(recordings, packed, strict=True):
        found = [of_run.get((recording.subject, recording.video)) for of_run in timelines]
        heights = [None if t is None else round(t.threshold, 4) for t in found]
        known = {"thresholds": heights, "rows": places}
        videos.append({**_facts(recording), **intervals(scored, recording), **known})
    emotions = next((run.judgment.emotions for run in runs if run.judgment.emotions), ())
    manifest = {
        "runs": [run.name for run in runs],
        "classes": [*emotions, NEUTRAL] if emotions else [],
        "curves": [{**kind, "step": step} for kind, step in zip(kinds, steps, strict=True)],
    }
    faces = _faces(videos, runs) if thumbnails else (0, 0)
    return Contents(manifest, videos, [text for _, text in packed], thinned, *faces)


def _flow(runs: Sequence[Run]) -> Mapping[VideoKey, NDArray[np.float32]]:
    """Flow traces from the first run whose features are still there."""
    for run in runs:
        if found := traces(run):
            return found
    return {}


def _faces(videos: Sequence[dict[str, Any]], runs: Sequence[Run]) -> tuple[int, int]:
    """See `add_faces`; none where the data set is not there."""
    files = next((run.data for run in runs if not isinstance(run.data, str)), None)
    return (0, 0) if files is None else add_faces(videos, runs[0].recordings, files)


def _facts(recording: Recording) -> dict[str, Any]:
    timebase = recording.timebase
    return {
        "subject": recording.subject,
        "video": recording.video,
        "frames": recording.frames,
        "fps": timebase.fps,
        "first": timebase.first,
        "skip": timebase.skip,
    }


def _score_kinds(runs: Sequence[Run]) -> Iterator[Kind]:
    for number, run in enumerate(runs):
        yield {"kind": "score", "run": number, "label": "score"}
        yield {"kind": "smoothed", "run": number, "label": "smoothed"}
        for emotion in run.judgment.emotions:
            yield {"kind": "class", "run": number, "label": emotion}


def _flow_kinds(channels: int) -> Iterator[Kind]:
    for name in channel_names(channels) if channels else ():
        yield {"kind": "flow", "run": 0, "label": name}


def _unit_kinds(units: Units) -> Iterator[Kind]:
    for name in units.names:
        yield {"kind": "unit", "run": 0, "label": name}


def _unit_rows(key: VideoKey, units: Units, end: int) -> Rows:
    """The action units of a video; those of all videos are the last of the kinds."""
    moving = units.curves.get(key, {})
    first = end - len(units.names)
    return {i: moving[name] for i, name in enumerate(units.names, first) if name in moving}


def _rows(
    key: VideoKey,
    runs: Sequence[Run],
    timelines: Sequence[Mapping[VideoKey, Timeline]],
    flow: Mapping[VideoKey, NDArray[np.float32]],
) -> Rows:
    """The curves of a video."""
    rows: Rows = {}
    place = 0
    for run, found in zip(runs, timelines, strict=True):
        if key in found:
            rows |= dict(enumerate(score_curves(found[key]), place))
        place += 2 + len(run.judgment.emotions)
    return rows | dict(enumerate(flow.get(key, ()), place))


def _pack(
    rows: Sequence[Rows], kinds: Sequence[Kind], annotated: Sequence[bool]
) -> tuple[bool, list[float], list[tuple[list[int], str]]]:
    """As fine and as complete as the page has room for.

    Returns:
        Whether videos without annotated MEs had to lose curves; the step of each kind; for each
        video, the places of its curves and their text.
    """
    thinned, steps, packed = False, [], []
    for thinned, flow_step in product((False, True), packing.FLOW_STEPS):
        known = {
            "score": packing.SCORE_STEP,
            "smoothed": packing.SMOOTHED_STEP,
            "class": packing.PROBABILITY_STEP,
            "flow": flow_step,
            "unit": packing.UNIT_STEP,
        }
        steps = [known[kind["kind"]] for kind in kinds]
        packed = [
            _text(curves, steps, [k["kind"] in ALWAYS or full or not thinned for k in kinds])
            for curves, full in zip(rows, annotated, strict=True)
        ]
        if sum(len(text) for _, text in packed) <= packing.BUDGET:
            break
    return thinned, steps, packed


def _text(curves: Rows, steps: Sequence[float], kept: Sequence[bool]) -> tuple[list[int], str]:
    """Places and text of the curves that are kept; shorter ones, of frame pairs, are filled up."""
    places = [place for place in curves if kept[place]]
    if not places:
        return [], ""
    longest = max(len(curves[place]) for place in places)
    filled = [np.pad(curves[i], (0, longest - len(curves[i])), mode="edge") for i in places]
    return places, packing.pack(filled, [steps[i] for i in places])
