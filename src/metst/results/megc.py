"""The bare table that the challenges of the field exchange (MEGC, STRS evaluator)."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from metst.base.files import write_atomic
from metst.datasets.labels.records import NEUTRAL, Recording
from metst.results.rows import refuse
from metst.results.tables import BARE
from metst.scoring.protocols.protocol import select


def write_megc(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    path: Path,
    *,
    decoder: str = "strict",
    synergy: str = "spotting_first",
) -> int:
    """Write the columns subject, video, onset, offset, emotion in original frame numbers.

    Neutral candidates are left out: they are none. An interval that reaches beyond its video is
    cut at the ends, as far as they are known: a submission may only name frames that exist.

    Returns:
        The number of rows.

    Raises:
        PredictionsError: a row names an unknown video, lies outside of it, or repeats another.
    """
    chosen = select(predictions, decoder, synergy)
    chosen = chosen[chosen["emotion"] != NEUTRAL]
    known = {(r.subject, r.video): r for r in recordings}
    rows: list[tuple[str, str, int, int, str]] = []
    seen: set[tuple[str, str, int, int]] = set()
    problems: list[str] = []
    columns = (chosen[name].tolist() for name in BARE)
    for subject, video, onset, offset, emotion in zip(*columns, strict=True):
        where = f"{subject}/{video} {onset}-{offset}"
        recording = known.get((subject, video))
        if recording is None:
            problems.append(f"{where}: no such video")
            continue
        timebase = recording.timebase
        first, last = timebase.first, timebase.to_number(recording.frames - 1)
        end = min(offset, last) if recording.frames else offset  # else its length is not known
        row = (subject, video, max(onset, first), end, emotion)
        if row[2] > row[3]:
            problems.append(f"{where}: outside of the video, which has frames {first}-{last}")
        elif row[:4] in seen:
            problems.append(f"{where}: twice")
        seen.add(row[:4])
        rows.append(row)
    refuse(path, problems, "rows cannot be submitted")
    table = pd.DataFrame(rows, columns=list(BARE))
    write_atomic(path, table.to_csv(index=False, lineterminator="\n").encode())
    return len(table)
