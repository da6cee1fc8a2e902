"""A sweep on this machine, without wandb's servers: one trial after the other."""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from metst.base.errors import ConfigError, MetstError
from metst.runner.sweeps.file import SweepFile
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.options import options
from metst.runner.sweeps.suggestions import drawn, grid, suggested
from metst.runner.sweeps.trial import Trial, read_trial, run_trial

_log = logging.getLogger(__name__)

_HOUR = 3600.0  # seconds


def count_trials(sweep: SweepFile, most: int | None) -> int:
    """How many trials a sweep has.

    Raises:
        ConfigError: it would never end.
    """
    limits = [n for n in (sweep.run_cap, most) if n is not None]
    if sweep.method == "grid":
        limits.append(math.prod(len(p.values) for p in sweep.parameters))
    if not limits:
        msg = f"{sweep.path}: method {sweep.method} never ends: give run_cap there, or --trials N"
        raise ConfigError(msg)
    return min(limits)


def run_sweep(sweep: SweepFile, words: Sequence[str], seed: int, count: int) -> list[Record]:
    """Run what is missing of a sweep; a failed trial does not end it.

    Args:
        sweep: the file.
        words: options of every trial.
        seed: of random and Bayesian suggestions.
        count: number of trials.

    Returns:
        The trials in order; settings that were suggested twice appear once.

    Raises:
        MetstError: what hinders every trial, such as a missing data set.
        KeyboardInterrupt: it was stopped; the same call goes on from there.
    """
    records: list[Record] = []
    combinations = list(grid(sweep)) if sweep.method == "grid" else []
    for index in range(count):
        if combinations:
            settings = combinations[index]
        elif sweep.method == "random":
            settings = drawn(sweep, seed, index)
        else:
            settings = suggested(sweep, seed, records)
        _log.info("trial %d of %d: %s", index + 1, count, _told(settings))
        records.append(run_trial(_trial(words, settings)))
    return list({record.digest: record for record in records}.values())


def run_nested(words: Sequence[str], folder: SweepFolder, records: Sequence[Record]) -> None:
    """Repeat finished trials within the subjects that each fold trains on.

    Args:
        words: options of every trial.
        folder: of the sweep.
        records: its trials; those that were judged on all folds take part.

    Raises:
        MetstError: a fold failed, so that nothing can be chosen for its subject.
    """
    trials = [r for r in records if r.state == "done"]
    _tell_cost(folder, trials)
    for subject in trials[0].folds if trials else ():
        for record in trials:
            inner = _without(words, record, subject)
            ended = run_trial(inner, folder.nested(subject))
            if ended.state == "failed":
                msg = f"nested selection without {subject}: {ended.error}"
                raise MetstError(msg)


def _without(words: Sequence[str], record: Record, subject: str) -> Trial:
    """The same trial within all subjects but one, under the same name."""
    settings = record.settings
    known = _trial(words, settings).config.data.init_args.get("without") or []
    left_out = options({"data.without": [*known, subject], "wandb.mode": "off"})
    return replace(_trial([*words, *left_out], settings), digest=record.digest)


def _tell_cost(folder: SweepFolder, trials: Sequence[Record]) -> None:
    """How many folds nested selection is, and how long they might take."""
    networks = {r.network for r in trials}
    folds = [folder.network(n).fold(s) for n in networks for s in trials[0].folds]
    within = len(trials[0].folds) - 1 if trials else 0
    seconds = sum(fold.status().seconds for fold in folds) * within
    counted = f"{len(networks)} networks x {within + 1} subjects x {within} folds within the others"
    told = "nested selection: %s = %d folds; at the pace of the folds so far %.1f hours of one core"
    _log.warning(told, counted, len(folds) * within, seconds / _HOUR)


def _trial(words: Sequence[str], settings: Mapping[str, Any]) -> Trial:
    return read_trial([*words, *options(settings)], settings)


def _told(settings: Mapping[str, Any]) -> str:
    values = {k: f"{v:.4g}" if isinstance(v, float) else v for k, v in settings.items()}
    return ", ".join(f"{name} {value}" for name, value in values.items())
