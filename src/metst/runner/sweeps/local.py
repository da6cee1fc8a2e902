"""A sweep on this machine, without wandb's servers: one trial after the other."""

import itertools
import logging
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from metst.base.errors import ConfigError, MetstError
from metst.base.randomness import generator
from metst.runner.arguments import options
from metst.runner.sweeps.file import SweepFile
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.trial import read_trial, run_trial

_log = logging.getLogger(__name__)


def count_trials(sweep: SweepFile, most: int | None) -> int:
    """How many trials a sweep has.

    Raises:
        ConfigError: it would never end, or needs wandb's servers.
    """
    if sweep.method == "bayes":
        msg = f"{sweep.path}: method bayes is done by wandb's servers: without --local, or random"
        raise ConfigError(msg)
    limits = [n for n in (sweep.run_cap, most) if n is not None]
    if sweep.method == "grid":
        limits.append(math.prod(len(p.values) for p in sweep.parameters))
    if not limits:
        msg = f"{sweep.path}: method random never ends: give run_cap there, or --trials N"
        raise ConfigError(msg)
    return min(limits)


def suggestions(sweep: SweepFile, seed: int) -> Iterator[dict[str, Any]]:
    """Settings of each trial: every combination of a grid, or random ones without end.

    Trial i of a random sweep depends on (seed, i) alone: a sweep that was interrupted goes on with
    the same settings.
    """
    if sweep.method == "grid":
        names = [p.name for p in sweep.parameters]
        for values in itertools.product(*(p.values for p in sweep.parameters)):
            yield dict(zip(names, values, strict=True))
        return
    for i in itertools.count():
        yield {p.name: p.draw(generator(seed, "sweep", i, p.name)) for p in sweep.parameters}


def run_sweep(
    sweep: SweepFile, words: Sequence[str], seed: int, count: int
) -> list[tuple[list[str], Record]]:
    """Run what is missing of a sweep; a failed trial does not end it.

    Args:
        sweep: the file.
        words: options of every trial.
        seed: of random suggestions.
        count: number of trials.

    Returns:
        Options and record of each trial, in order.

    Raises:
        MetstError: what hinders every trial, such as a missing data set.
        KeyboardInterrupt: it was stopped; the same call goes on from there.
    """
    ended = []
    for index, settings in enumerate(itertools.islice(suggestions(sweep, seed), count), 1):
        tried = options(settings)
        _log.info("trial %d of %d: %s", index, count, " ".join(tried))
        ended.append(([*words, *tried], run_trial(read_trial([*words, *tried]))))
    return ended


def run_nested(folder: SweepFolder, trials: Sequence[tuple[list[str], Record]]) -> None:
    """Repeat finished trials within the subjects that each fold trains on.

    Args:
        folder: of the sweep.
        trials: options and record of each; those with all folds take part.

    Raises:
        MetstError: a fold failed, so that nothing can be chosen for its subject.
    """
    done = {record.digest: (words, record) for words, record in trials if record.state == "done"}
    subjects = next((record.folds for _, record in done.values()), ())
    networks = len({record.network for _, record in done.values()})
    cost = "nested selection: %d networks x %d subjects x %d folds within the others"
    _log.warning(cost, networks, len(subjects), len(subjects) - 1)
    for subject in subjects:
        for digest, (words, _) in done.items():
            known = read_trial(words).config.data.init_args.get("without") or []
            left_out = options({"data.without": [*known, subject], "wandb.mode": "off"})
            # The same trial within all subjects but one, under the same name.
            inner = replace(read_trial([*words, *left_out]), digest=digest)
            ended = run_trial(inner, folder.nested(subject))
            if ended.state == "failed":
                msg = f"nested selection without {subject}: {ended.error}"
                raise MetstError(msg)
