"""Faces that were not found when the features were extracted."""

from collections.abc import Iterator, Sequence

import numpy as np

from metst.base.errors import CacheError
from metst.datasets.base import VideoFolder
from metst.datasets.check.folders import ranges, ranges_text
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Timebase
from metst.features.store import FeatureSpec, FeatureStore


def face_findings(
    folders: Sequence[VideoFolder], store: FeatureStore, spec: FeatureSpec, timebase: Timebase
) -> Iterator[Finding]:
    """Windows without a face in their first frame, a finding per video.

    A window is measured on the face in its first frame, so only those frames are known. Videos
    without features, and features without reference frames, are passed over.
    """
    for folder in folders:
        try:
            entry = store.read(spec, folder.subject, folder.video)
        except CacheError:
            continue
        if not {"starts", "references"} <= entry.arrays.keys():
            continue
        starts = entry.arrays["starts"]  # (W,)
        lost = starts[entry.arrays["references"] != starts]  # (windows without a face,)
        if len(lost):
            numbers = [timebase.to_number(int(start)) for start in np.sort(lost)]
            message = (
                f"no face in the first frame of {len(lost)} of {len(starts)} windows: "
                f"{ranges_text(ranges(numbers))}"
            )
            yield Finding(
                "no-face",
                message,
                store.path(spec, folder.subject, folder.video),
                subject=folder.subject,
                video=folder.video,
                frames=(numbers[0], numbers[-1]),
            )
