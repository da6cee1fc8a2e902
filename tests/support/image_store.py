"""Flow images of the tiny demo without computing them: noise, and a pattern where an ME is."""

from pathlib import Path

import numpy as np

from metst.base.randomness import generator
from metst.datasets.labels import Recording
from metst.datasets.labels.samples import samples
from metst.features.flow_images import SHAPE, FlowImages
from metst.features.source import Source
from metst.features.store import Arrays
from tests.support import stored


def fill(feature: FlowImages, root: Path, cache: Path) -> None:
    """Put an entry for each video of the tiny demo into its store, as if it had been measured."""
    stored.fill(feature, root, cache, _arrays)


def _arrays(recording: Recording, source: Source) -> Arrays:
    feature = source.feature
    assert isinstance(feature, FlowImages)
    count = max(0, -(-(recording.frames - feature.k) // feature.every))
    images = generator(3, *_key(recording)).normal(0, 0.1, (count, *SHAPE))
    for me in samples(recording, "strict"):
        images[me.onset // feature.every : me.peak // feature.every + 1, :, :21] += 1
    limits = np.tile(np.float32([-2, 2]), (count, SHAPE[0], 1))
    known = {"ranges": limits} if feature.images == "mean" else {}
    face = {"box": np.array([40, 160, 40, 160]), "landmarks": _landmarks()}
    return {"images": images.astype(np.float16), **known, **face}


def _key(recording: Recording) -> tuple[str, str]:
    return recording.subject, recording.video


def _landmarks() -> np.ndarray:
    """A face's landmarks are wanted inside the crop; where exactly does not matter here."""
    angle = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    return np.rint(64 + 40 * np.stack([np.cos(angle), np.sin(angle)], 1)).astype(np.int64)
