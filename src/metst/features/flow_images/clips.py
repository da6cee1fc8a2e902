"""Flow between any two frames of a video, such as onset and apex: computed when asked for, kept."""

import logging
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from metst.base.errors import CacheError, DataError, VideoError
from metst.base.locks import Lock
from metst.datasets.labels import Recording
from metst.features.flow_images.face import SIDE, cut
from metst.features.flow_images.feature import METHOD, VERSION
from metst.features.roi_flow.boxes import Box
from metst.features.source import Source
from metst.features.store import Entry, FeatureSpec
from metst.video import ImageFolder, RepairedFrames, images_only

_log = logging.getLogger(__name__)

Pair = tuple[int, int]
Flows = dict[Pair, NDArray[np.float16]]
"""Flow (2, 128, 128) of pairs of frames."""


def onset_apex_flow(
    source: Source, recording: Recording, pairs: Sequence[Pair]
) -> NDArray[np.float32]:
    """Flow (n, 2, 128, 128) of a recording's face between pairs of frames, in pixels of the crop.

    What was computed once is kept in the store, rounded to float16, and images are read only for
    what is new. Processes that ask for the same video take turns.

    Args:
        source: with features that hold a `box`: `FlowImages` or `FaceBoxes`.
        recording: one of the source's.
        pairs: sub-sampled frames, as onset and apex; those beyond the video are moved to its ends.
            Two equal frames have no flow.

    Raises:
        CacheError: the recording has no features, or the store cannot be written.
        DataError: the images are needed and are not there.
    """
    last = recording.frames - 1
    inside = [(min(max(a, 0), last), min(max(b, 0), last)) for a, b in pairs]
    wanted = {pair for pair in inside if pair[0] != pair[1]}
    kept = _Kept(source, recording)
    flows = kept.read()
    if not wanted <= flows.keys():
        with Lock(kept.path.with_suffix(".lock")).awaited(f"flow of {kept.name}"):
            flows = kept.read()  # another process may have been quicker
            if missing := sorted(wanted - flows.keys()):
                flows |= kept.measure(missing)
                kept.write(flows)
    found = np.zeros((len(inside), 2, SIDE, SIDE), np.float32)
    for number, pair in enumerate(inside):
        if pair in wanted:
            found[number] = flows[pair]
    return found


class _Kept:
    """Flow of one video in the store, valid for the images and the box that it was made from."""

    def __init__(self, source: Source, recording: Recording) -> None:
        self.source, self.store, self.recording = source, source.store, recording
        self.key = recording.subject, recording.video
        self.name = "/".join(self.key)
        self.box = Box(*source.read(recording).arrays["box"].tolist())
        self.spec = FeatureSpec("pair_flow", VERSION, {"flow": METHOD, "opencv": cv2.__version__})
        self.origin = f"{self.store.origin(source.spec, *self.key)} {tuple(self.box)}"

    @property
    def path(self) -> Path:
        return self.store.path(self.spec, *self.key)

    def read(self) -> Flows:
        """All that is kept; nothing where the file is missing, damaged or of other images."""
        try:
            arrays = self.store.read(self.spec, *self.key, self.origin).arrays
        except CacheError as error:
            _log.debug("%s", error)
            return {}
        pairs = map(tuple, arrays["pairs"].tolist())
        return dict(zip(pairs, arrays["flow"], strict=True))

    def write(self, flows: Flows) -> None:
        pairs = sorted(flows)
        stacked = np.stack([flows[pair] for pair in pairs])  # (n, 2, 128, 128)
        entry = Entry({"pairs": np.array(pairs, np.int64), "flow": stacked}, self.recording.frames)
        self.store.write(self.spec, *self.key, entry, self.origin)

    def measure(self, pairs: Sequence[Pair]) -> Flows:
        """Flow of new pairs; every frame is read once."""
        from metst.features.tv_l1 import flow  # with numba: only who measures needs it

        frames = self._frames(len(pairs))
        indices = sorted({index for pair in pairs for index in pair})
        crops = {index: cut(frames.read(index), self.box) for index in indices}
        return {(a, b): flow(crops[a], crops[b]).astype(np.float16) for a, b in pairs}

    def _frames(self, count: int) -> RepairedFrames:
        expected = self.recording.frames
        try:
            files = images_only(self.source.frames(*self.key))
        except VideoError as error:
            path, found = error.path, error.message
        else:
            if len(files) == expected:
                return RepairedFrames(ImageFolder(files))
            path, found = files[0].parent, f"{len(files)} frames"
        msg = (
            f"flow of {count} pairs of frames of {self.name} is not in the store yet and needs its "
            f"{expected} images, found {found}; bring them back, or extract again"
        )
        raise DataError(path, msg)
