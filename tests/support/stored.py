"""Features of the tiny demo that are made up instead of measured."""

from collections.abc import Callable
from pathlib import Path

from metst.datasets.demo.dataset import Demo
from metst.datasets.labels import Recording
from metst.features.feature import Feature
from metst.features.source import Source
from metst.features.store import Arrays, Entry, content, fingerprint
from tests.support.runs import TINY


def fill(
    feature: Feature, root: Path, cache: Path, make: Callable[[Recording, Source], Arrays]
) -> None:
    """Put an entry for each video of the tiny demo into its store, as if it had been measured."""
    source = Source(Demo(TINY), root, cache, feature)
    annotated = source.dataset.annotations(root).by_video(source.videos())
    for key in source.videos():
        frames = source.frames(*key)
        recording = Recording(*key, len(frames), source.dataset.timebase, annotated[key])
        entry = Entry(make(recording, source), len(frames))
        source.store.write(source.spec, *key, entry, fingerprint(frames), content(frames))
