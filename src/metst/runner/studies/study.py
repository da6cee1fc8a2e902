"""A study file: variants of an experiment, seeds, and the rows of the table they fill."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metst.base.errors import ConfigError
from metst.base.files import folder_name, read_yaml
from metst.base.settings import require
from metst.intervals.synergy import STRATEGIES
from metst.results.layouts import LAYOUTS

_KEYS = {"title", "layout", "seeds", "variants", "rows"}


@dataclass(frozen=True)
class Row:
    """A row of the table: a variant, scored with one result-level strategy of synergy.

    Attributes:
        label: of the row.
        variant: whose runs are scored.
        synergy: strategy; None for that of each run.
    """

    label: str
    variant: str
    synergy: str | None = None


@dataclass(frozen=True)
class Study:
    """Contents of a study file.

    Attributes:
        name: the file's, without suffix.
        title: what is compared, for the reader.
        layout: name of the columns, see `LAYOUTS`.
        seeds: each variant is run with each of them.
        variants: name -> changed settings by dotted name, in the order in which they are run.
        rows: of the table, from top to bottom.
    """

    name: str
    title: str
    layout: str
    seeds: tuple[int, ...]
    variants: Mapping[str, Mapping[str, Any]]
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
    seeds, layout = text.get("seeds", [100]), text.get("layout", "analysis")
    whole = isinstance(seeds, list) and all(type(seed) is int for seed in seeds)
    kept = whole and 0 < len(seeds) == len(set(seeds))
    require(f"{path}: seeds", seeds, kept, "a list of whole numbers, each once")
    require(f"{path}: layout", layout, layout in LAYOUTS, f"one of {', '.join(LAYOUTS)}")
    variants = _variants(f"{path}: variants", text["variants"])
    rows = text.get("rows") or [{"label": name, "variant": name} for name in variants]
    require(f"{path}: rows", rows, isinstance(rows, list), "a list")
    read = tuple(_row(f"{path}: rows", row, variants) for row in rows)
    return Study(path.stem, str(text.get("title", path.stem)), layout, tuple(seeds), variants, read)


def _variants(where: str, given: object) -> dict[str, dict[str, Any]]:
    named = isinstance(given, dict) and all(isinstance(s or {}, dict) for s in given.values())
    require(where, given, named, "names with the settings of each")
    assert isinstance(given, dict)
    variants = {str(name): settings or {} for name, settings in given.items()}
    require(where, list(given), len(variants) == len(given), "each name once")
    for name in variants:
        folder_name(name, where)
    return variants


def _row(where: str, given: object, variants: Mapping[str, Any]) -> Row:
    try:
        row = Row(**given)  # type: ignore[arg-type]  # what does not fit is refused
    except TypeError as error:
        msg = f"{where}: expected label, variant and synergy, got {given!r}"
        raise ConfigError(msg) from error
    known = f"one of {', '.join(variants)}"
    require(f"{where}: variant", row.variant, row.variant in variants, known)
    known = f"one of {', '.join(STRATEGIES)}"
    require(f"{where}: synergy", row.synergy, row.synergy in (None, *STRATEGIES), known)
    return row
