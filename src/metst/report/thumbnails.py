"""Face crops of onset and apex, and their difference. Faces are personal data: only on request."""

import base64
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import MetstError
from metst.datasets.labels import Recording
from metst.features.roi_flow.crop import cut, locate
from metst.features.source import Source
from metst.video import Frame, read_grey
from metst.video.detectors import DEFAULT, face_detector
from metst.video.face import LandmarkDetector

_log = logging.getLogger(__name__)

SIZE = 200
"""Pixels of the side of a crop."""

QUALITY = 60
"""Of the WebP, in percent."""

BUDGET = 12_000_000
"""Bytes that all crops of a page may take as text."""

GREATEST_GAIN = 20
"""The difference is amplified until it fills the range of grey, but not more than this."""

Row = dict[str, Any]


def add_faces(
    videos: Sequence[dict[str, Any]], recordings: Sequence[Recording], data: Source
) -> tuple[int, int]:
    """Give each judged ME and each false alarm (`metst.report.videos.intervals`) its crops.

    Where there are too many, false alarms of the lowest height have none.

    Returns:
        Numbers of intervals with crops, and of those that had to do without.
    """
    detector = face_detector(DEFAULT)
    found: list[tuple[Row, dict[str, Any]]] = []
    for video, recording in zip(videos, recordings, strict=True):
        found += _of_video(list(_shown(video)), recording, data, detector)
    found.sort(key=lambda pair: -pair[0].get("score", np.inf))  # MEs have no height: they are first
    sizes = np.cumsum([sum(len(str(part)) for part in faces.values()) for _, faces in found])
    kept = int((sizes <= BUDGET).sum())
    for row, faces in found[:kept]:
        row["faces"] = faces
    return kept, len(found) - kept


def _shown(video: dict[str, Any]) -> Iterator[Row]:
    yield from (row for row in video["annotated"] if "outcome" in row)
    for rows in video["predicted"]:
        yield from (row for row in rows if row["outcome"] == "false")


def _of_video(
    rows: Sequence[Row], recording: Recording, data: Source, detector: LandmarkDetector
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """The crops of those intervals whose frames are there and show a face."""
    try:
        paths = data.frames(recording.subject, recording.video) if rows else []
    except MetstError as error:
        _log.warning("no faces of %s/%s: %s", recording.subject, recording.video, error)
        return
    for row in rows:
        numbers = row["onset"], row["apex"] or (row["onset"] + row["offset"]) // 2
        onset, apex = (recording.timebase.to_frame(number) for number in numbers)
        if not (0 <= onset < len(paths) and 0 <= apex < len(paths)):
            continue
        try:
            faces = _crops(read_grey(paths[onset]), read_grey(paths[apex]), detector)
        except MetstError as error:
            _log.warning("%s", error)
            continue
        if faces is not None:
            yield row, faces


def _crops(onset: Frame, apex: Frame, detector: LandmarkDetector) -> dict[str, Any] | None:
    """Both crops at the place of the face at onset, apex minus onset around grey, and its gain."""
    face = locate(onset, detector)
    if face is None or onset.shape != apex.shape:
        return None
    size = (SIZE, SIZE)
    first, second = (
        cv2.resize(cut(frame, face.box), size, interpolation=cv2.INTER_AREA)
        for frame in (onset, apex)
    )
    change = second.astype(np.float32) - first  # (SIZE, SIZE)
    reach = float(np.quantile(np.abs(change), 0.998))
    gain = int(np.clip(127 / max(reach, 1.0), 1, GREATEST_GAIN))
    crops = {"onset": first, "apex": second, "difference": np.clip(128 + gain * change, 0, 255)}
    return {name: _source(crop.astype(np.uint8)) for name, crop in crops.items()} | {"gain": gain}


def _source(picture: NDArray[np.uint8]) -> str:
    """A picture as the source of an image element."""
    _, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
    return f"data:image/webp;base64,{base64.b64encode(data.tobytes()).decode()}"
