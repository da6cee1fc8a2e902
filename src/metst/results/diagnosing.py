"""The diagnosis of a finished run, with everything that its folder and its data set know."""

from collections.abc import Mapping

import pandas as pd

from metst.base.errors import DataError, MetstError
from metst.datasets.conditions import Conditions
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.records import Recording
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
    curves = _curves(run)
    candidates = _candidates(run)
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


def _curves(run: Run) -> dict[VideoKey, VideoCurve]:
    """Curves of every video whose fold left some."""
    found: dict[VideoKey, VideoCurve] = {}
    for subject in run.subjects:
        if (curves := run.fold(subject).curves) is None:
            continue
        smoothed = curves.smoothed.double().numpy()  # (V, L)
        lengths, heights = curves.lengths.tolist(), curves.threshold.tolist()
        for i, r in enumerate(_videos(run, subject)):
            found[r.subject, r.video] = VideoCurve(smoothed[i, : lengths[i]], heights[i])
    return found


def _candidates(run: Run) -> pd.DataFrame | None:
    """Proposals and low peaks of all folds; None where those of one are not known."""
    if run.judgment.kind != "micro":
        return None
    own = select(run.predictions, "strict", run.judgment.variant)
    tables = []
    for subject in run.subjects:
        fold, rows = run.fold(subject), own[own["subject"] == subject]
        if (curves := fold.curves) is None:
            return None
        try:
            k_p = fold.metrics.k_p
        except DataError:  # of a system that fits no length
            return None
        how, videos = run.judgment, _videos(run, subject)
        variant = f"strict/{how.variant}"
        table = with_low_peaks(rows, curves, videos, k_p, how.emotions, variant)
        if table is None:
            return None
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else None


def _conditions(run: Run) -> Mapping[VideoKey, Conditions] | str:
    """What the data set knows of its videos, or why that is not known."""
    if isinstance(run.data, str):
        return run.data
    try:
        return run.data.dataset.conditions(run.data.root)
    except MetstError as error:
        return str(error)
