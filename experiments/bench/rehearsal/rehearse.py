"""A generated data set on disk."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from experiments.bench.rehearsal.flow import features
from experiments.bench.rehearsal.script import recordings
from experiments.bench.rehearsal.shapes import Shape
from metst.datasets.generated.tables import write_casme3, write_sammlv
from metst.datasets.labels import Expression, Recording, casme3, sammlv
from metst.features.roi_flow import RoiFlow
from metst.features.store import FeatureStore

_Writer = Callable[[Path, Path, Sequence[Expression], Callable[[Expression], str]], None]

_TABLES: Mapping[str, tuple[_Writer, str, str]] = {
    "casme3": (write_casme3, casme3.ME_FILE, casme3.FULL_FILE),
    "sammlv": (write_sammlv, sammlv.LONG_FILE, sammlv.FACS_FILE),
}
"""What writes the tables of a data set, and their published names."""

_UNIT = "4"
"""Action unit in every row: nothing reads it."""


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
    write, *files = _TABLES[name]
    first, second = (root / file for file in files)
    write(first, second, [e for r in recordings for e in r.expressions], lambda _: _UNIT)
    stored, spec = FeatureStore(cache / name), RoiFlow(k).spec
    for recording in recordings:
        stored.write(spec, recording.subject, recording.video, features(recording, k, seed))
