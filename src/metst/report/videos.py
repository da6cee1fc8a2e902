"""What the report shows of each video: its intervals, their outcomes, and its curves."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from metst.base.errors import MetstError
from metst.datasets.labels import Recording
from metst.datasets.labels.strict import strict_samples
from metst.features.roi_flow import ME_TST_ROIS
from metst.features.source import Source
from metst.report.curves import timelines
from metst.report.scored import Scored, VideoKey
from metst.report.timeline import Timeline
from metst.results.run import Run
from metst.samples.whole import chain

_log = logging.getLogger(__name__)

Curve = NDArray[np.floating[Any]]


def intervals(runs: Sequence[Scored], recording: Recording) -> dict[str, Any]:
    """Annotated and predicted intervals of a video, with their outcome in each run.

    Returns:
        `annotated`: expressions with `outcome`, one per run: found, missed, unused (its row cannot
        be judged) or untested; none for other kinds than the judged one. `predicted`: a list per
        run. `counts`: per run, TP, FP, FN and the finds with a wrong emotion.
    """
    predicted = [_predicted(run, recording) for run in runs]
    ends = [_ends(run, recording, rows) for run, rows in zip(runs, predicted, strict=True)]
    annotated = []
    for e, outcome in zip(recording.expressions, zip(*ends, strict=True), strict=True):
        row: dict[str, Any] = {
            "kind": e.kind,
            "onset": e.onset,
            "apex": e.apex,
            "offset": e.offset,
            "emotion": e.emotion,
            "label": e.label,
        }
        if all(outcome):  # the runs are judged alike
            row["outcome"] = outcome
        annotated.append(row)
    counts = [
        _count(rows, of_run, recognized=bool(run.how.emotions))
        for run, rows, of_run in zip(runs, predicted, ends, strict=True)
    ]
    return {"annotated": annotated, "predicted": predicted, "counts": counts}


def _ends(run: Scored, recording: Recording, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What became of each annotated expression in a run; empty for those of other kinds."""
    judged = run.judged(recording)
    usable = {id(e) for e in strict_samples(judged).expressions}
    found = [row["true"] for row in rows if row["outcome"] == "found"]
    ends: list[str] = []
    for e in judged.expressions:
        if e.kind != "micro":
            ends.append("")
        elif id(e) not in usable:
            ends.append("unused")
        elif recording.subject not in run.run.subjects:
            ends.append("untested")
        else:
            ends.append("found" if (e.onset, e.offset, e.emotion) in found else "missed")
    return ends


def _predicted(run: Scored, recording: Recording) -> list[dict[str, Any]]:
    """Predictions of the main strategy about a video, in the order of time."""
    rows = []
    for row in run.outcomes.get((recording.subject, recording.video), ()):
        shown = {n: row[n] for n in ("onset", "apex", "offset", "emotion", "outcome")}
        if run.how.kind == "micro":  # else the judged kind stands in the place of micro
            shown["over"] = row["over"]
        shown["score"] = round(row["score"], 4)
        if row["outcome"] == "found":
            shown["true"] = int(row["true_onset"]), int(row["true_offset"]), row["true_emotion"]
            shown["iou"] = round(row["iou"], 3)
        rows.append(shown)
    return sorted(rows, key=lambda row: cast(int, row["onset"]))


def _count(
    predicted: Sequence[Mapping[str, Any]], ends: Sequence[str], *, recognized: bool
) -> dict[str, int]:
    number = Counter(row["outcome"] for row in predicted)
    found = [row for row in predicted if row["outcome"] == "found"]
    wrong = sum(recognized and row["emotion"] != row["true"][2] for row in found)
    return {
        "tp": number["found"],
        "fp": number["false"],
        "fn": ends.count("missed"),
        "wrong": wrong,
    }


def drawn(scored: Scored) -> dict[VideoKey, Timeline]:
    """Score and probabilities of every video whose fold left its outputs.

    Raises:
        MetstError: outputs are damaged.
    """
    found: dict[VideoKey, Timeline] = {}
    run = scored.run
    for subject in run.subjects:
        if (curves := run.fold(subject).curves) is None:
            continue
        tested = [r for r in run.recordings if r.subject == subject]
        of_fold = timelines(curves, tested, scored.predictions, run.judgment.emotions)
        found |= {(t.recording.subject, t.recording.video): t for t in of_fold}
    return found


def traces(run: Run) -> dict[VideoKey, NDArray[np.float32]]:
    """Flow of every video as one curve per channel (C, T), where the features are still there."""
    if isinstance(run.data, str):
        return {}
    found: dict[VideoKey, NDArray[np.float32]] = {}
    for subject in run.subjects:
        try:
            tested = [r for r in run.recordings if r.subject == subject]
            found |= dict(_of_subject(run.data, tested))
        except MetstError as error:
            _log.warning("no flow traces of subject %s: %s", subject, error)
    return found


def _of_subject(
    data: Source, recordings: Sequence[Recording]
) -> Iterator[tuple[VideoKey, NDArray[np.float32]]]:
    for recording in recordings:
        arrays = data.read(recording).arrays
        if "windows" in arrays:  # of ROI flow, (W, C, k)
            curve = chain(arrays["windows"], arrays["starts"], recording.frames)
            yield (recording.subject, recording.video), curve


def channel_names(channels: int) -> list[str]:
    """Names of flow channels; numbers where they are not those of `ME_TST_ROIS`."""
    if channels != ME_TST_ROIS.channels:
        return [f"channel {i + 1}" for i in range(channels)]
    return [f"{roi.name} {axis}" for roi in ME_TST_ROIS.rois for axis in "xy"]


def score_curves(timeline: Timeline) -> list[Curve]:
    """Score, smoothed score and class probabilities of a video, each (T,).

    The page does not need the last probability: all of a frame sum to 1.
    """
    shares = timeline.probabilities
    classes: list[Curve] = [] if shares is None else list(shares[:, :-1].T)  # (E, T)
    return [timeline.score, timeline.smoothed, *classes]
