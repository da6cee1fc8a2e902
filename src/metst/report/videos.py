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
        be judged) or untested; none for other kinds than micro-expressions. `predicted`: a list per
        run. `counts`: per run, TP, FP, FN and the finds with a wrong emotion.
    """
    predicted = [_predicted(run, recording) for run in runs]
    usable = {id(e) for e in strict_samples(recording).expressions}
    annotated = []
    for e in recording.expressions:
        span = (e.onset, e.offset, e.emotion)
        row: dict[str, Any] = {
            "kind": e.kind,
            "onset": e.onset,
            "apex": e.apex,
            "offset": e.offset,
            "emotion": e.emotion,
            "label": e.label,
        }
        if e.kind == "micro":
            row["outcome"] = [
                "unused" if id(e) not in usable else _outcome(run, recording, span, rows)
                for run, rows in zip(runs, predicted, strict=True)
            ]
        annotated.append(row)
    counts = [_count(annotated, rows, i) for i, rows in enumerate(predicted)]
    return {"annotated": annotated, "predicted": predicted, "counts": counts}


def _outcome(
    run: Scored,
    recording: Recording,
    span: tuple[int, int, str | None],
    rows: Sequence[Mapping[str, Any]],
) -> str:
    if recording.subject not in run.run.subjects:
        return "untested"
    return "found" if any(row.get("true") == span for row in rows) else "missed"


def _predicted(run: Scored, recording: Recording) -> list[dict[str, Any]]:
    """Predictions of the main strategy about a video, in the order of time."""
    rows = []
    for row in run.outcomes.get((recording.subject, recording.video), ()):
        shown = {n: row[n] for n in ("onset", "apex", "offset", "emotion", "outcome", "over")}
        shown["score"] = round(row["score"], 4)
        if row["outcome"] == "found":
            shown["true"] = int(row["true_onset"]), int(row["true_offset"]), row["true_emotion"]
            shown["iou"] = round(row["iou"], 3)
        rows.append(shown)
    return sorted(rows, key=lambda row: cast(int, row["onset"]))


def _count(
    annotated: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]], run: int
) -> dict[str, int]:
    number = Counter(row["outcome"] for row in predicted)
    missed = sum(row.get("outcome", {run: ""})[run] == "missed" for row in annotated)
    found = [row for row in predicted if row["outcome"] == "found"]
    wrong = sum(row["emotion"] != row["true"][2] for row in found)
    return {"tp": number["found"], "fp": number["false"], "fn": missed, "wrong": wrong}


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
