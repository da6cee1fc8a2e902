"""Which settings the next trial of a sweep gets, without wandb's servers.

Trial i of a random sweep depends on (seed, i) alone, that of a grid on i, and that of a Bayesian
sweep on the seed and the trials before it: a sweep that was interrupted goes on with the same.
"""

import importlib
import itertools
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from metst.base.errors import ConfigError
from metst.base.randomness import derived_seed, generator
from metst.runner.sweeps.file import SweepFile
from metst.runner.sweeps.folder import Record

Settings = dict[str, Any]

_STATES = {"done": "finished", "stopped": "killed", "failed": "failed"}
"""Our states in wandb's words; those without a score count as the worst there is."""


def grid(sweep: SweepFile) -> Iterator[Settings]:
    """Every combination of the listed values, the last parameter varying fastest."""
    names = [p.name for p in sweep.parameters]
    for values in itertools.product(*(p.values for p in sweep.parameters)):
        yield dict(zip(names, values, strict=True))


def drawn(sweep: SweepFile, seed: int, index: int) -> Settings:
    """Settings of trial `index` of a random sweep."""
    return {p.name: p.draw(generator(seed, "sweep", index, p.name)) for p in sweep.parameters}


def suggested(sweep: SweepFile, seed: int, before: Sequence[Record]) -> Settings:
    """The settings that look best after the trials before, by a Gaussian process.

    Raises:
        ConfigError: the package that does this is not installed.
    """
    try:
        sweeps: Any = importlib.import_module("sweeps")
    except ImportError as error:
        msg = (
            "method bayes needs the package sweeps without wandb's servers: pip install --no-deps "
            "sweeps==0.3.0 && pip install jsonschema jsonref scikit-learn pydantic"
        )
        raise ConfigError(msg) from error
    told = {k: sweep.told[k] for k in ("method", "metric", "parameters")}
    with _seeded(derived_seed(seed, "sweep", len(before)) % 2**32):
        config = sweeps.SweepConfig(told)
        run = sweeps.next_run(config, [sweeps.SweepRun(**_told(r, sweep)) for r in before])
    if run is None:
        msg = "the Gaussian process has nothing left to suggest"
        raise ConfigError(msg)
    return {name: _plain(told["value"]) for name, told in run.config.items()}


def _told(record: Record, sweep: SweepFile) -> dict[str, Any]:
    """A trial as the package wants to be told of it."""
    known = record.state == "done" and sweep.metric in record.scores
    scores = {sweep.metric: record.scores[sweep.metric]} if known else {}
    return {
        "name": record.digest,
        "state": _STATES[record.state],
        "config": {p.name: {"value": record.settings[p.name]} for p in sweep.parameters},
        "summary_metrics": scores,
    }


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global generators inside, and leave them as they were: the package has no other."""
    before, numpy_before = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(before)
        np.random.set_state(numpy_before)  # noqa: NPY002


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
