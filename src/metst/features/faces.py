"""Faces that were not found when the features were extracted."""

from collections.abc import Iterator, Sequence

import numpy as np

from metst.base.errors import CacheError
from metst.datasets.check.datasets import VideoFolder
from metst.datasets.check.folders import ranges, ranges_text
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Timebase
from metst.features.cache import FlowCache, FlowSpec


def face_findings(
    folders: Sequence[VideoFolder], cache: FlowCache, spec: FlowSpec, timebase: Timebase
) -> Iterator[Finding]:
    """Windows without a face in their first frame, a finding per video.

    A window is measured on the face in its first frame, so only those frames are known. Videos that
    are not in the cache are passed over.
    """
    for folder in folders:
        try:
            entry = cache.read(spec, folder.subject, folder.video)
        except CacheError:
            continue
        lost = entry.starts[entry.references != entry.starts]  # (windows without a face,)
        if len(lost):
            numbers = [timebase.to_number(int(start)) for start in np.sort(lost)]
            message = (
                f"no face in the first frame of {len(lost)} of {len(entry.starts)} windows: "
                f"{ranges_text(ranges(numbers))}"
            )
            yield Finding(
                "no-face",
                message,
                cache.path(spec, folder.subject, folder.video),
                subject=folder.subject,
                video=folder.video,
                frames=(numbers[0], numbers[-1]),
            )
