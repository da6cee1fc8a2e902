"""Contact sheets: what a generated data set shows, for a person to see."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import VideoError
from metst.base.files import write_atomic
from metst.datasets.generated.filming import Picture

SHEET_FILE: Final = "contact_sheet.png"

MAGNIFY: Final = 4
"""How much the difference between two frames is enlarged, about mid grey."""

NEAR: Final = 0.72
"""Share of the frame that is shown, about its middle: the face."""

CELL_INCHES: Final = 2.0
DPI: Final = 110

Cell = tuple[str, NDArray[np.generic]]
"""Title and picture: (H, W, 3) in color as OpenCV has it, or (H, W) in grey; 0 to 255."""


def write_sheet(path: Path, title: str, cells: Sequence[Cell], columns: int) -> None:
    """Draw pictures with their titles, row by row.

    Raises:
        OSError: the file cannot be written.
    """
    from matplotlib.figure import Figure

    rows = -(-len(cells) // columns)
    size = (columns * CELL_INCHES, (CELL_INCHES + 0.25) * rows + 0.4)  # inches; 0.4 for the title
    figure = Figure(figsize=size, dpi=DPI, layout="constrained")
    figure.suptitle(title, fontsize=11)
    figure.subplots(rows, columns)
    for axes in figure.axes:
        axes.set_axis_off()
    for axes, (text, image) in zip(figure.axes, cells, strict=False):
        picture = image[..., ::-1] if image.ndim == 3 else image  # BGR -> RGB
        axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
        axes.set_title(text, fontsize=7)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    write_atomic(path, buffer.getvalue())


def magnified(rest: Picture, apex: Picture) -> NDArray[np.float64]:
    """Difference (H, W) of two frames (H, W, 3) in grey, `MAGNIFY` times, about mid grey."""
    difference: NDArray[np.float64] = apex.mean(axis=2) - rest.mean(axis=2)
    return np.clip(128 + MAGNIFY * difference, 0, 255)


def read_face(path: Path) -> Picture:
    """The middle of a frame.

    Raises:
        VideoError: it cannot be read.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise VideoError(
            path, "cannot be read as an image; delete its video's folder and run again"
        )
    margin = round(len(picture) * (1 - NEAR) / 2)
    return np.asarray(picture[margin:-margin, margin:-margin], np.uint8)
