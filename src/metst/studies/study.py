"""A study file: variants of an experiment, seeds, and the rows of the table they fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from metst.errors import ConfigError
from metst.files import read_yaml
from metst.results import PUBLISHED
from metst.studies.layouts import LAYOUTS
from metst.synergy import STRATEGIES

_KEYS = {"title", "layout", "seeds", "variants", "rows"}


@dataclass(frozen=True)
class Variant:
    """An experiment with some settings changed, by their dotted names."""

    name: str
    settings: Mapping[str, Any]

    def options(self) -> list[str]:
        """The settings as options of the command line."""
        return [
            f"--{key}={yaml.safe_dump(v, default_flow_style=True).splitlines()[0]}"
            for key, v in self.settings.items()
        ]


@dataclass(frozen=True)
class Row:
    """A row of the table: a variant, judged with one result-level strategy of synergy."""

    label: str
    variant: str
    synergy: str = PUBLISHED


@dataclass(frozen=True)
class Study:
    """Contents of a study file.

    Attributes:
        name: the file's, without suffix.
        title: what is compared, in words.
        layout: name of the columns, see `LAYOUTS`.
        seeds: each variant is run with each of them.
        variants: in the order in which they are run.
        rows: of the table, from top to bottom.
    """

    name: str
    title: str
    layout: str
    seeds: tuple[int, ...]
    variants: tuple[Variant, ...]
    rows: tuple[Row, ...]


def read_study(path: Path) -> Study:
    """Read a study file; without `rows` the table has one per variant.

    Raises:
        ConfigError: the file is missing or says something it cannot say; names the place.
    """
    told = read_yaml(path, "study")
    if not isinstance(told, dict) or set(told) - _KEYS or not told.get("variants"):
        msg = f"{path}: expected the keys {', '.join(sorted(_KEYS))}, with variants; got {told!r}"
        raise ConfigError(msg)
    variants = tuple(Variant(str(n), s or {}) for n, s in told["variants"].items())
    plain = [{"label": v.name, "variant": v.name} for v in variants]
    study = Study(
        path.stem,
        str(told.get("title", path.stem)),
        str(told.get("layout", "analysis")),
        tuple(told.get("seeds", [100])),
        variants,
        tuple(_row(path, row) for row in told.get("rows", plain)),
    )
    _check(path, study)
    return study


def _row(path: Path, told: object) -> Row:
    try:
        return Row(**told)  # type: ignore[arg-type]  # what does not fit is told
    except TypeError as error:
        msg = f"{path}: rows: expected label, variant and synergy, got {told!r}"
        raise ConfigError(msg) from error


def _check(path: Path, study: Study) -> None:
    names = [variant.name for variant in study.variants]
    for row in study.rows:
        _one_of(path, "rows: variant", row.variant, names)
        _one_of(path, "rows: synergy", row.synergy, list(STRATEGIES))
    _one_of(path, "layout", study.layout, list(LAYOUTS))
    if not study.seeds or not all(isinstance(seed, int) for seed in study.seeds):
        msg = f"{path}: seeds: expected whole numbers, got {list(study.seeds)}"
        raise ConfigError(msg)


def _one_of(path: Path, what: str, got: str, known: Sequence[str]) -> None:
    if got not in known:
        msg = f"{path}: {what}: expected one of {', '.join(known)}, got {got!r}"
        raise ConfigError(msg)
