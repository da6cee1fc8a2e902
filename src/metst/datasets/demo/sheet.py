"""The contact sheet: what was planted, for a person to see."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from metst.datasets.demo.actions import EMOTION_UNITS
from metst.datasets.demo.options import video_folder
from metst.datasets.demo.script import Event, VideoScript
from metst.datasets.generated.sheet import (
    MAGNIFY,
    SHEET_FILE,
    Cell,
    magnified,
    read_face,
    write_sheet,
)

DISTRACTORS: Final[dict[str, str]] = {
    "macro": "macro (no ME)",
    "blink": "blink (no ME)",
}
"""Kinds of events that a spotter must not report, and their titles."""


def write_examples(root: Path, scripts: Sequence[VideoScript]) -> None:
    """Draw onset, apex, offset and magnified difference of one event of each sort.

    One row for a micro-expression of each emotion, then a macro-expression and a blink.

    Raises:
        VideoError: a frame cannot be read.
        OSError: the picture cannot be written.
    """
    cells = [
        cell
        for script, event in _examples(scripts)
        for cell in _cells(video_folder(root, script.subject, script.video), event)
    ]
    write_sheet(root / SHEET_FILE, "What the demo data set shows", cells, columns=4)


def _examples(scripts: Sequence[VideoScript]) -> list[tuple[VideoScript, Event]]:
    """One event of each sort, of the person who was shown least so far."""
    sorts: dict[str, list[tuple[VideoScript, Event]]] = defaultdict(list)
    for script in scripts:
        for event in script.events:
            sorts[_sort(event)].append((script, event))
    shown: Counter[str] = Counter()
    examples = []
    for sort in [*EMOTION_UNITS, *DISTRACTORS]:
        if sort in sorts:
            example = min(sorts[sort], key=lambda pair: shown[pair[0].subject])
            shown[example[0].subject] += 1
            examples.append(example)
    return examples


def _sort(event: Event) -> str:
    return event.emotion if event.kind == "micro" else event.kind


def _cells(folder: Path, event: Event) -> list[Cell]:
    numbers = (event.onset, event.apex, event.offset)
    onset, apex, offset = (read_face(folder / "color" / f"{number}.jpg") for number in numbers)
    units = "+".join(map(str, event.units))
    return [
        (f"{DISTRACTORS.get(event.kind, event.emotion)}: onset, frame {event.onset}", onset),
        (f"apex {event.apex} (AU {units}, {event.amplitude:.1f} px)", apex),
        (f"offset {event.offset} ({folder.parent.name}, video {folder.name})", offset),
        (f"(apex - onset) x {MAGNIFY}", magnified(onset, apex)),
    ]
