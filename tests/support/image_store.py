"""Flow images of the tiny demo without computing them: noise, and a pattern where an ME is."""

from pathlib import Path

import numpy as np

from metst.base.randomness import generator
from metst.datasets.demo.dataset import Demo
from metst.datasets.labels import Recording
from metst.datasets.labels.samples import samples
from metst.features.flow_images import SHAPE, FlowImages
from metst.features.source import Source
from metst.features.store import Entry, content, fingerprint
from tests.support.runs import TINY


def fill(feature: FlowImages, root: Path, cache: Path) -> None:
    """Put an entry for each video of the tiny demo into its store, as if it had been measured."""
    source = Source(Demo(TINY), root, cache, feature)
    annotated = source.dataset.annotations(root).by_video(source.videos())
    for key in source.videos():
        frames = source.frames(*key)
        recording = Recording(*key, len(frames), source.dataset.timebase, annotated[key])
        entry = _entry(recording, source.feature)
        known = fingerprint(frames), content(frames)
        source.store.write(source.spec, *key, entry, *known)


def _entry(recording: Recording, feature: FlowImages) -> Entry:
    count = max(0, -(-(recording.frames - feature.k) // feature.every))
    images = generator(3, *_key(recording)).normal(0, 0.1, (count, *SHAPE))
    for me in samples(recording, "strict"):
        images[me.onset // feature.every : me.peak // feature.every + 1, :, :21] += 1
    limits = np.tile(np.float32([-2, 2]), (count, SHAPE[0], 1))
    known = {"ranges": limits} if feature.images == "mean" else {}
    face = {"box": np.array([40, 160, 40, 160]), "landmarks": _landmarks()}
    return Entry({"images": images.astype(np.float16), **known, **face}, recording.frames)


def _key(recording: Recording) -> tuple[str, str]:
    return recording.subject, recording.video


def _landmarks() -> np.ndarray:
    """A face's landmarks are wanted inside the crop; where exactly does not matter here."""
    angle = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    return np.rint(64 + 40 * np.stack([np.cos(angle), np.sin(angle)], 1)).astype(np.int64)
