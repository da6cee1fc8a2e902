"""Files of numbers to agree with, in the folder that METST_PARITY names.

They were made by the authors' own code and are no part of the project. Any folder will do whose
files have the same keys; how many there are, and what their names end in, does not matter.
"""

import os
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet


def files(pattern: str) -> list[Path]:
    """Files of the folder that match; none where no folder is named."""
    folder = os.environ.get("METST_PARITY")
    return sorted(Path(folder).glob(pattern)) if folder else []


def each(pattern: str) -> list[ParameterSet]:
    """Parameters of a test or fixture: each file that matches, or one that is skipped."""
    return marked([(path.stem, path) for path in files(pattern)], pattern)


def marked(named: list[tuple[str, object]], what: str) -> list[ParameterSet]:
    """Parameters by name, marked `parity`; one that is skipped where there are none."""
    if named:
        return [pytest.param(value, id=name, marks=pytest.mark.parity) for name, value in named]
    skip = pytest.mark.skip(reason=f"METST_PARITY names no folder with {what}")
    return [pytest.param(None, id="none", marks=(pytest.mark.parity, skip))]


def released() -> list[ParameterSet]:
    """Weights and recorded outputs that belong together, as pairs of paths.

    `released_weights.pkl` goes with `released_io.npz`, `released_weights_2.pkl` with
    `released_io_2.npz`; an only file of weights goes with all outputs.
    """
    weights = {_key(path): path for path in files("released*.pkl")}
    outputs = files("released*.npz")
    only = next(iter(weights.values())) if len(weights) == 1 else None
    pairs = [(weights.get(_key(path), only), path) for path in outputs]
    named: list[tuple[str, object]] = [(pair[1].stem, pair) for pair in pairs if pair[0]]
    return marked(named, "released*.pkl and released*.npz")


def _key(path: Path) -> str:
    return path.stem.replace("weights", "").replace("io", "").strip("_")
