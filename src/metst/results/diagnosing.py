"""The diagnosis of a finished run, with everything that its folder and its data set know."""

from collections.abc import Mapping, Sequence

import pandas as pd

from metst.base.errors import DataError, MetstError
from metst.datasets.conditions import Conditions
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.records import Recording
from metst.intervals.proposals import FrameCurves
from metst.results.run import Run
from metst.scoring.diagnosis import Diagnosis, VideoCurve, diagnose
from metst.scoring.diagnosis.peaks import with_low_peaks
from metst.scoring.protocols.protocol import select

NO_CURVES = "some folds left no curves: it is not known why nothing was proposed in their videos"
NO_LOW_PEAKS = (
    "perfect threshold: only higher thresholds than the run's were tried; the peaks below it are "
    "not known"
)


def diagnose_run(run: Run) -> Diagnosis:
    """Diagnose the main variant of a run.

    Raises:
        DataError: a file of the run is missing or damaged.
    """
    predictions, recordings = run.judgment.of_kind(run.predictions, run.tested)
    curves, candidates = _spotted(run)
    conditions = _conditions(run)
    notes = []
    if (kind := run.judgment.kind) != "micro":
        notes.append(f"ME stands for the judged expressions ({kind}), MaE for any others")
    if any((r.subject, r.video) not in curves for r in recordings):
        notes.append(NO_CURVES)
    if candidates is None:
        notes.append(NO_LOW_PEAKS)
    if isinstance(conditions, str):
        notes.append(f"what happens in the videos beside expressions is not known: {conditions}")
        conditions = {}
    return diagnose(
        predictions,
        recordings,
        run.judgment,
        curves=curves,
        candidates=candidates,
        conditions=conditions,
        notes=notes,
    )


def _videos(run: Run, subject: str) -> list[Recording]:
    """Recordings of a fold, in the order of its curves."""
    return [r for r in run.recordings if r.subject == subject]


def _spotted(run: Run) -> tuple[dict[VideoKey, VideoCurve], pd.DataFrame | None]:
    """Curves of every video whose fold left some; proposals and low peaks of all folds.

    The latter are None where those of one fold are not known.
    """
    own = select(run.predictions, "strict", run.judgment.variant)
    found: dict[VideoKey, VideoCurve] = {}
    tables: list[pd.DataFrame | None] = []
    for subject in run.subjects:
        curves, videos = run.fold(subject).curves, _videos(run, subject)
        if curves is None:
            tables.append(None)
        else:
            rows = own[own["subject"] == subject]
            tables.append(_candidates(run, subject, rows, curves, videos))
            smoothed = curves.smoothed.double().numpy()  # (V, L)
            lengths, heights = curves.lengths.tolist(), curves.threshold.tolist()
            for i, r in enumerate(videos):
                found[r.subject, r.video] = VideoCurve(smoothed[i, : lengths[i]], heights[i])
    known = [table for table in tables if table is not None]
    if not known or len(known) < len(tables):
        return found, None
    return found, pd.concat(known, ignore_index=True)


def _candidates(
    run: Run, subject: str, rows: pd.DataFrame, curves: FrameCurves, videos: Sequence[Recording]
) -> pd.DataFrame | None:
    """Proposals and low peaks of a fold; None where they are not known."""
    how = run.judgment
    if how.kind != "micro":
        return None
    try:
        k_p = run.fold(subject).metrics.k_p
    except DataError:  # of a system that fits no length
        return None
    return with_low_peaks(rows, curves, videos, k_p, how.emotions, f"strict/{how.variant}")


def _conditions(run: Run) -> Mapping[VideoKey, Conditions] | str:
    """What the data set knows of its videos, or why that is not known."""
    if isinstance(run.data, str):
        return run.data
    try:
        return run.data.dataset.conditions(run.data.root)
    except MetstError as error:
        return str(error)
