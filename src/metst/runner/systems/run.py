"""Running systems one after the other, and what came of each."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from jsonargparse import ArgumentParser

from metst.base.errors import MetstError
from metst.results.checkpoint import keep, require_intact
from metst.results.ledger import RunFolder
from metst.results.run import Run, open_run
from metst.results.systems import Entry
from metst.runner.config import experiment_parser, to_yaml
from metst.runner.environments import warn_changed
from metst.runner.options import run_folder
from metst.runner.runner import run_experiment
from metst.runner.systems.plan import Plan, Planned

_log = logging.getLogger(__name__)


def run_systems(planned: Plan) -> Iterator[Plan]:
    """Run what is missing of each system; what fails stops no other.

    Yields:
        After each system, the plan with what is there by then.
    """
    parser = experiment_parser("metst tables")
    able = [one for one in planned.systems if one.config is not None]
    for place, one in enumerate(able):
        label = f"system {place + 1} of {len(able)}: {one.entry.name}"
        _log.info(label)
        done = replace(one, entry=_run(parser, one, label, planned.judgment.analyzed))
        before, after = planned.systems[:place], planned.systems[place + 1 :]
        planned = replace(planned, systems=(*before, done, *after))
        yield planned


def take_weights(trained: Run, run: RunFolder, config: str) -> None:
    """Let the folds of a run begin with what another has learned; one that has begun stays.

    Args:
        trained: with finished folds.
        run: of the same network and training.
        config: its configuration.

    Raises:
        ConfigError: the folder holds another run.
        MetstError: a checkpoint is damaged.
    """
    with run.lock.awaited(f"opening {run.path}"):
        run.open(config)
        for fold in trained.folds:
            own = run.fold(fold.subject)
            if not own.checkpoint.exists():
                require_intact(fold.checkpoint, f"begin its run anew: {trained.path}")
                own.path.mkdir(parents=True, exist_ok=True)
                keep(own.path, fold.checkpoint.read_bytes())


def _run(parser: ArgumentParser, one: Planned, label: str, analyzed: Sequence[str]) -> Entry:
    """A system with what there is of its run; what went wrong is its remark."""
    assert one.config is not None
    folder = run_folder(one.config)
    try:
        if one.trained is not None:
            take_weights(open_run(one.trained), RunFolder(folder), to_yaml(parser, one.config))
        finished = run_experiment(parser, one.config, label=f"{label}, ")
        warn_changed(folder.name, finished.changed)
        problems = [f"fold {s} failed: {error}" for s, error in finished.failed.items()]
        problems += [f"damaged data: {finding}" for finding in finished.damaged]
        run = open_run(folder, results=True).averaging(analyzed) if finished.results else None
    except MetstError as error:
        problems, run = [str(error)], None
    except Exception as error:  # noqa: BLE001 - the bug of one must not end the others
        _log.exception(label)
        problems, run = [f"{type(error).__name__}: {error}"], None
    for problem in problems:
        _log.error("%s: %s", label, problem)
    remark = " ".join(f"failed: {problems[0]}".split()) if problems else ""
    return replace(one.entry, run=run, remark=remark)
