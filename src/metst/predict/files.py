"""What an analysis leaves on disk."""

import json
from dataclasses import asdict
from pathlib import Path

from metst.base.files import write_atomic
from metst.predict.analysis import FIRST, Analysis
from metst.predict.overlay import write_overlay
from metst.predict.places import digest, replacing
from metst.report.timeline import as_png


def write_analysis(analysis: Analysis, folder: Path, *, overlay: bool = False) -> None:
    """Write `intervals.csv`, `analysis.json` with everything, and `timeline.png`.

    Older results in the folder are replaced together, when all new ones are written.

    Args:
        analysis: of a video.
        folder: for the results.
        overlay: also write `overlay.mp4`, see `metst.predict.overlay`.
    """
    table = analysis.to_dataframe().to_csv(index=False, lineterminator="\n")
    values = json.dumps(as_dict(analysis), indent=1, allow_nan=False)
    with replacing(folder) as new:
        write_atomic(new / "intervals.csv", table.encode())
        write_atomic(new / "analysis.json", values.encode())
        write_atomic(new / "timeline.png", as_png(analysis.plot()))
        if overlay:
            write_overlay(analysis, new / "overlay.mp4")


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
