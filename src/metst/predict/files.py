"""What an analysis leaves on disk."""

import json
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from metst.base.errors import MetstError
from metst.base.files import write_atomic
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.elan import read_eaf
from metst.predict import eaf, html, vtt
from metst.predict.analysis import FIRST, Analysis
from metst.predict.changes import RESULTS, compare, predicted_tiers
from metst.predict.overlay import write_overlay
from metst.predict.places import digest, replacing
from metst.predict.playable import playable
from metst.report.timeline import as_png

ALL = "predictions.csv"
"""Table of all videos of a command, as `metst evaluate` reads it."""


def named_intervals(analysis: Analysis, key: VideoKey) -> pd.DataFrame:
    """Intervals with subject and video: rows of a predictions table."""
    table = analysis.to_dataframe().drop(columns=["threshold", "model"])
    table.insert(0, "subject", key[0])
    table.insert(1, "video", key[1])
    return table


def write_analysis(
    analysis: Analysis,
    folder: Path,
    *,
    overlay: bool = False,
    elan: bool = False,
    subtitles: bool = False,
    page: bool = False,
    video: bool = True,
) -> None:
    """Write `intervals.csv`, `analysis.json` with everything, and `timeline.png`.

    Older results in the folder are replaced together, when all new ones are written; an annotation
    file that somebody has corrected never is.

    Args:
        analysis: of a video.
        folder: for the results.
        overlay: also write `overlay.mp4`, see `metst.predict.overlay`.
        elan: also write `intervals.eaf` and the curves that it links, see `metst.predict.eaf`.
        subtitles: also write `intervals.vtt`, see `metst.predict.vtt`.
        page: also write `page.html`, see `metst.predict.html`, and `video.mp4` where browsers do
            not play the video itself.
        video: whether the page shows the video.

    Raises:
        MetstError: there is an annotation file that somebody has corrected.
        VideoError: FFmpeg cannot write a video.
    """
    check_annotation(folder, wanted=elan)
    table = analysis.to_dataframe().to_csv(index=False, lineterminator="\n")
    values = json.dumps(as_dict(analysis), indent=1, allow_nan=False)
    with replacing(folder) as new:
        write_atomic(new / "intervals.csv", table.encode())
        write_atomic(new / "analysis.json", values.encode())
        write_atomic(new / "timeline.png", as_png(analysis.plot()))
        if overlay:
            write_overlay(analysis, new / "overlay.mp4")
        if subtitles:
            write_atomic(new / vtt.FILE, vtt.vtt(analysis).encode())
        if page:
            address = playable(analysis, new, folder) if video else None
            write_atomic(new / html.FILE, html.page(analysis, address).encode())
        if elan:
            curves = eaf.curves(analysis)
            text = curves.to_csv(index=False, lineterminator="\n")
            write_atomic(new / eaf.CURVES, text.encode())
            shown = eaf.configuration(list(curves.columns), folder)
            write_atomic(new / eaf.CONFIGURATION, shown)
    if elan:
        write_atomic(folder / eaf.FILE, eaf.eaf(analysis, folder))


def check_annotation(folder: Path, *, wanted: bool) -> None:
    """Refuse to write over an annotation file that is not as it was written.

    Raises:
        MetstError: somebody has corrected it, or it cannot be read.
    """
    file = folder / eaf.FILE
    if not wanted or not file.exists():
        return
    if not (folder / RESULTS).exists() or compare(predicted_tiers(folder), read_eaf(file)).changes:
        msg = (
            f"{file}: expected no annotation file, or one as it was predicted, found one that "
            "somebody has corrected; move it away, or give another --out"
        )
        raise MetstError(msg)


def as_dict(analysis: Analysis) -> dict[str, object]:
    """An analysis as plain values for JSON."""
    shares = analysis.probabilities
    return {
        "video": str(analysis.path.absolute()),
        "sha256": digest(analysis.path),
        "model": asdict(analysis.about),
        "notes": [*analysis.notes, *([analysis.quiet] if analysis.quiet else [])],
        "first_frame": FIRST,
        "classes": list(analysis.about.classes),
        "intervals": [asdict(interval) for interval in analysis.intervals],
        "threshold": analysis.threshold,
        "curves": {
            "analyzed": analysis.analyzed.tolist(),
            "frame": analysis.frames.tolist(),
            "seconds": analysis.seconds.round(6).tolist(),
            "score": analysis.score.tolist(),
            "smoothed": analysis.smoothed.tolist(),
            "probabilities": None if shares is None else shares.tolist(),
        },
    }
