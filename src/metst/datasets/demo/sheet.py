"""The contact sheet: what was planted, for a person to see."""

import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.base.files import write_atomic
from metst.datasets.demo.actions import EMOTION_UNITS
from metst.datasets.demo.options import video_folder
from metst.datasets.demo.portrait import Picture
from metst.datasets.demo.script import Event, VideoScript

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DISTRACTORS: Final[dict[str, str]] = {
    "macro": "macro (no ME)",
    "blink": "blink (no ME)",
}
"""Kinds of events that a spotter must not report, and their titles."""

SHEET_FILE: Final = "contact_sheet.png"

MAGNIFY: Final = 4
"""How much the difference between apex and onset is enlarged, about mid grey."""

NEAR: Final = 0.72
"""Share of the frame that is shown, about its middle: the face."""

CELL_INCHES: Final = 2.0
DPI: Final = 110


def write_sheet(root: Path, scripts: Sequence[VideoScript]) -> None:
    """Draw onset, apex, offset and magnified difference of one event of each sort.

    One row for a micro-expression of each emotion, then a macro-expression and a blink.

    Raises:
        VideoError: a frame cannot be read.
        OSError: the picture cannot be written.
    """
    from matplotlib.figure import Figure

    shown = _examples(scripts)
    size = (4 * CELL_INCHES, (CELL_INCHES + 0.25) * len(shown) + 0.4)  # inches; 0.4 for the title
    figure = Figure(figsize=size, dpi=DPI, layout="constrained")
    figure.suptitle("What the demo data set shows", fontsize=11)
    axes = figure.subplots(len(shown), 4, squeeze=False)
    for row, (script, event) in zip(axes, shown, strict=True):
        _draw_event(row, video_folder(root, script.subject, script.video), event)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    write_atomic(root / SHEET_FILE, buffer.getvalue())


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


def _draw_event(row: "NDArray[np.object_]", folder: Path, event: Event) -> None:
    numbers = (event.onset, event.apex, event.offset)
    frames = [_near(_read(folder / "color" / f"{number}.jpg")) for number in numbers]
    onset, apex = (frame.mean(axis=2) for frame in frames[:2])  # (S, S, 3) -> (S, S)
    difference = np.clip(128 + MAGNIFY * (apex - onset), 0, 255)
    units = "+".join(map(str, event.units))
    titles = (
        f"{DISTRACTORS.get(event.kind, event.emotion)}: onset, frame {event.onset}",
        f"apex {event.apex} (AU {units}, {event.amplitude:.1f} px)",
        f"offset {event.offset} ({folder.parent.name}, video {folder.name})",
        f"(apex - onset) x {MAGNIFY}",
    )
    for axes, image, text in zip(row, [*frames, difference], titles, strict=True):
        _show(axes, image, text)


def _show(axes: "Axes", image: NDArray[np.generic], title: str) -> None:
    picture = image[..., ::-1] if image.ndim == 3 else image  # BGR -> RGB
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.set_title(title, fontsize=7)
    axes.set_axis_off()


def _near(picture: Picture) -> Picture:
    margin = round(len(picture) * (1 - NEAR) / 2)
    return picture[margin:-margin, margin:-margin]


def _read(path: Path) -> Picture:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise VideoError(
            path, "cannot be read as an image; delete its video's folder and run again"
        )
    return np.asarray(picture, np.uint8)
