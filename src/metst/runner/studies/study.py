"""A study file: variants of an experiment, seeds, and the rows of the table they fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metst.base.errors import ConfigError
from metst.base.files import folder_name, read_yaml
from metst.base.settings import require
from metst.intervals.synergy import STRATEGIES
from metst.results.layouts import LAYOUTS
from metst.scoring.pooling import PUBLISHED

_KEYS = {"title", "layout", "seeds", "variants", "rows"}


@dataclass(frozen=True)
class Variant:
    """An experiment with some settings changed, by their dotted names."""

    name: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A row of the table: a variant, scored with one result-level strategy of synergy."""

    label: str
    variant: str
    synergy: str = PUBLISHED


@dataclass(frozen=True)
class Study:
    """Contents of a study file.

    Attributes:
        name: the file's, without suffix.
        title: what is compared, for the reader.
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
        ConfigError: the file is missing or its content is not valid; names the place.
    """
    text = read_yaml(path, "study")
    if not isinstance(text, dict) or set(text) - _KEYS or not text.get("variants"):
        msg = f"{path}: expected the keys {', '.join(sorted(_KEYS))}, with variants; got {text!r}"
        raise ConfigError(msg)
    variants, seeds = text["variants"], text.get("seeds", [100])
    named = isinstance(variants, dict) and all(isinstance(s or {}, dict) for s in variants.values())
    require(f"{path}: variants", variants, named, "names with the settings of each")
    whole = isinstance(seeds, list) and all(type(seed) is int for seed in seeds)
    kept = whole and 0 < len(seeds) == len(set(seeds))
    require(f"{path}: seeds", seeds, kept, "a list of whole numbers, each once")
    rows = text.get("rows") or [{"label": str(name), "variant": str(name)} for name in variants]
    require(f"{path}: rows", rows, isinstance(rows, list), "a list")
    study = Study(
        path.stem,
        str(text.get("title", path.stem)),
        str(text.get("layout", "analysis")),
        tuple(seeds),
        tuple(Variant(str(name), settings or {}) for name, settings in variants.items()),
        tuple(_row(path, row) for row in rows),
    )
    _check(path, study)
    return study


def _row(path: Path, row: object) -> Row:
    try:
        return Row(**row)  # type: ignore[arg-type]  # what does not fit is refused
    except TypeError as error:
        msg = f"{path}: rows: expected label, variant and synergy, got {row!r}"
        raise ConfigError(msg) from error


def _check(path: Path, study: Study) -> None:
    names = [variant.name for variant in study.variants]
    for name in names:
        folder_name(name, f"{path}: variants")
    require(f"{path}: variants", names, len(names) == len(set(names)), "each name once")
    for row in study.rows:
        _one_of(path, "rows: variant", row.variant, names)
        _one_of(path, "rows: synergy", row.synergy, list(STRATEGIES))
    _one_of(path, "layout", study.layout, list(LAYOUTS))


def _one_of(path: Path, what: str, got: str, known: Sequence[str]) -> None:
    if got not in known:
        msg = f"{path}: {what}: expected one of {', '.join(known)}, got {got!r}"
        raise ConfigError(msg)
