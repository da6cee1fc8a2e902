"""A generated data set on disk."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from metst.datasets.labels import Recording
from metst.features.rehearsal.flow import features
from metst.features.rehearsal.script import recordings
from metst.features.rehearsal.shapes import Shape
from metst.features.rehearsal.tables import write_casme3, write_sammlv
from metst.features.roi_flow import RoiFlow
from metst.features.store import FeatureStore

_TABLES: Mapping[str, Callable[[Path, Sequence[Recording]], None]] = {
    "casme3": write_casme3,
    "sammlv": write_sammlv,
}


def rehearse(root: Path, cache: Path, shape: Shape, seed: int = 100) -> tuple[Recording, ...]:
    """Generate a data set of a shape, see `store`.

    Args:
        root: what `data.root` names.
        cache: what `data.cache` names.
        shape: what is generated.
        seed: other seeds give other times, emotions and noise.

    Returns:
        The recordings, by subject and video.
    """
    made = recordings(shape, seed)
    store(root, cache, shape.name, shape.k, made, seed)
    return made


def store(
    root: Path, cache: Path, name: str, k: int, recordings: Sequence[Recording], seed: int = 100
) -> None:
    """Write label tables into `root` and flow into `cache`, where the data module finds them.

    As there are no videos in `root`, the data module reads the cache alone.

    Args:
        root: what `data.root` names.
        cache: what `data.cache` names.
        name: of the data set whose tables these are.
        k: frames of a window.
        recordings: with all that is annotated in them.
        seed: of the noise.
    """
    _TABLES[name](root, recordings)
    stored, spec = FeatureStore(cache / name), RoiFlow(k).spec
    for recording in recordings:
        stored.write(spec, recording.subject, recording.video, features(recording, k, seed))
