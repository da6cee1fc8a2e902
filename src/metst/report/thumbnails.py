"""Small pictures of onset, apex and offset. Faces are personal data: only on request."""

import base64
import logging
from typing import Any

import cv2

from metst.base.errors import MetstError, VideoError
from metst.datasets.labels import Recording
from metst.features.source import Source
from metst.video import read_grey

_log = logging.getLogger(__name__)

HEIGHT = 120
"""Pixels of a picture; enough to see which expression it is."""

QUALITY = 70
"""Of the JPEG, in percent."""

PARTS = ("onset", "apex", "offset")


def add_thumbnails(video: dict[str, Any], recording: Recording, data: Source) -> None:
    """Give each interval of a video (`intervals`) the pictures of its frames, where they are."""
    try:
        paths = data.frames(recording.subject, recording.video)
    except MetstError as error:
        _log.warning("no thumbnails of %s/%s: %s", recording.subject, recording.video, error)
        return
    rows = [*video["annotated"], *(row for rows in video["predicted"] for row in rows)]
    for row in rows:
        frames = {part: recording.timebase.to_frame(row[part]) for part in PARTS if row[part]}
        inside = {part: frame for part, frame in frames.items() if 0 <= frame < len(paths)}
        try:
            row["pictures"] = {p: _picture(read_grey(paths[f])) for p, f in inside.items()}
        except VideoError as error:
            _log.warning("%s", error)


def _picture(frame: Any) -> str:  # noqa: ANN401
    """A frame as the source of an image element."""
    height, width = frame.shape
    size = (max(1, round(width * HEIGHT / height)), HEIGHT)
    small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return f"data:image/jpeg;base64,{base64.b64encode(data.tobytes()).decode()}"
