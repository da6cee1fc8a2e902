"""What an analysis leaves on disk."""

import io
import json
from dataclasses import asdict
from pathlib import Path

from metst.files import write_atomic
from metst.predict.analysis import FIRST, Analysis
from metst.windows import CLASSES


def write_analysis(analysis: Analysis, folder: Path) -> None:
    """Write `intervals.csv`, `analysis.json` with everything, and `timeline.png`."""
    table = analysis.to_dataframe().to_csv(index=False, lineterminator="\n")
    write_atomic(folder / "intervals.csv", table.encode())
    told = json.dumps(as_dict(analysis), indent=1, allow_nan=False)
    write_atomic(folder / "analysis.json", told.encode())
    picture = io.BytesIO()
    analysis.plot().savefig(picture, format="png", dpi=110)
    write_atomic(folder / "timeline.png", picture.getvalue())


def as_dict(analysis: Analysis) -> dict[str, object]:
    """An analysis as plain values for JSON."""
    return {
        "video": str(analysis.path),
        "model": asdict(analysis.about),
        "notes": list(analysis.notes),
        "first_frame": FIRST,
        "classes": list(CLASSES),
        "intervals": [asdict(interval) for interval in analysis.intervals],
        "threshold": analysis.threshold,
        "curves": {
            "frame": analysis.frames.tolist(),
            "seconds": analysis.seconds.round(6).tolist(),
            "score": analysis.score.tolist(),
            "smoothed": analysis.smoothed.tolist(),
            "probabilities": analysis.probabilities.tolist(),
        },
    }
