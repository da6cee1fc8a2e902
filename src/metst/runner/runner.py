"""An experiment: the folds that are not done yet, the pooled result, the report, wandb's log."""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import ArgumentParser, Namespace

from metst.base.errors import MetstError
from metst.base.executors import Outcome, make_executor
from metst.base.files import check_place
from metst.base.settings import flat
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.runner.config import Experiment, build, to_yaml
from metst.runner.environments import changed_code
from metst.runner.epochs import shown_epochs
from metst.runner.fold import FoldEnd, FoldJob
from metst.runner.labels import log_label_errors
from metst.runner.options import WandbOptions, run_folder
from metst.runner.pooling import pool_folds, set_judgment
from metst.runner.remote import FOLD_MEMORY, run_folds
from metst.runner.selection import Selection
from metst.runner.sharing import wait_for_others
from metst.runner.tracking import track
from metst.runner.trainer import try_trainer
from metst.samples.fold import Fold

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finished:
    """What a LOSO run came to.

    Attributes:
        results: contents of `results.json`.
        failed: error of each fold that failed, by subject.
        damaged: findings of damage in the data set that are not accepted.
        ran: number of folds that this call worked on; 0 where all were done before.
        missing: folds that the results lack.
        changed: modules whose code has changed since the folds were trained; where nothing was run.
    """

    results: dict[str, Any]
    failed: dict[str, str]
    damaged: tuple[str, ...]
    ran: int
    missing: tuple[str, ...]
    changed: tuple[str, ...] = ()


def run_experiment(
    parser: ArgumentParser,
    config: Namespace,
    selection: Selection = Selection(),  # noqa: B008 - frozen
    *,
    fresh: bool = False,
    label: str = "",
) -> Finished:
    """Run what is missing of an experiment, and write the report where there is something new.

    Arguments and errors are those of `run_loso`.
    """
    folder = RunFolder(run_folder(config))
    settings = dict(flat(yaml.safe_load(to_yaml(parser, config))))
    options = WandbOptions(**config.wandb.as_dict())
    with track(options, folder.path, config.name, settings) as tracker:
        finished = run_loso(
            parser, config, selection, fresh=fresh, begun=tracker.follow, label=label
        )
        if finished.results:
            _report(finished, folder)
        # Tasks of a cluster run a few folds each: whoever completes the run logs its end.
        if finished.results and (finished.results["complete"] or selection == Selection()):
            tracker.conclude(folder, finished.results, finished.damaged)
    return finished


def run_loso(
    parser: ArgumentParser,
    config: Namespace,
    selection: Selection = Selection(),  # noqa: B008 - frozen
    *,
    fresh: bool = False,
    begun: Callable[[RunFolder], None] | None = None,
    label: str = "",
) -> Finished:
    """Run what is missing of an experiment and pool what is there.

    Other processes may work on the same run: the folds are shared, and this one waits for those
    that the others have before it pools. A call for named folds of a run that has begun takes the
    feature store as it is; a fold that meets damage there fails, a call for all folds repairs it.

    Args:
        parser: of experiments.
        config: the experiment.
        selection: the folds to run.
        fresh: throw away what the run folder holds first.
        begun: called with the run folder when there is something to run, before any training.
        label: what precedes lines and bar of its progress, where it is one of several experiments.

    Raises:
        DataError: the data set is not there, or the run folder cannot be written.
        ConfigError: a setting cannot work; or the run folder holds another configuration, results
            of other data, or something that is no run.
        MetstError: it shall be begun anew while another process works on it.
    """
    experiment = build(parser, config)
    data, judgment = experiment.fold_data, set_judgment(experiment)
    folder = RunFolder(run_folder(config))
    check_place(folder.path, "loso.runs", folder=True)
    # A finished run can be looked at on a machine that could not have made it.
    if experiment.executor.scheduler is None and (fresh or not folder.complete_results()):
        try_trainer(experiment.trainer)
    data.source.locate()  # before the lock of the run: missing data leave no folder behind
    text = to_yaml(parser, config)
    with ExitStack() as stack:
        with folder.lock.awaited(f"opening {folder.path}"):
            if fresh:
                folder.clear()
            stack.enter_context(folder.used())
            damaged = _open(folder, text, experiment, selection)
        chosen = selection.of(folder, data.source.subjects())
        pending = [s for s in chosen if not folder.fold(s).done]
        if pending:
            log_label_errors(data, config)
        if pending and begun is not None:
            begun(folder)
        failed = _run_folds(folder, text, pending, experiment, label)
        with folder.lock.awaited(f"pooling {folder.path}"):
            results = (not pending and folder.complete_results()) or pool_folds(
                folder, data, judgment
            )
    missing = tuple(s for s in data.source.subjects() if s not in results.get("folds", {}))
    done = [] if pending else [folder.fold(s) for s in chosen]
    changed = changed_code(done, yaml.safe_load(text))
    return Finished(results, failed, damaged, len(pending), missing, tuple(changed))


def _open(
    folder: RunFolder, config: str, experiment: Experiment, selection: Selection
) -> tuple[str, ...]:
    """Begin a run or go on with it, features extracted; returns what is damaged in the data."""
    folder.open(config)
    source = experiment.fold_data.source
    # The tasks of a cluster, a fold each, do not all look at a million images again.
    trusted = selection.folds and folder.data.exists()
    damaged = () if trusted else source.extract(make_executor(experiment.executor))
    folder.check_data(experiment.identity(), source.subjects())
    return damaged


def _run_folds(
    folder: RunFolder, config: str, subjects: Sequence[str], experiment: Experiment, label: str
) -> dict[str, str]:
    """Run folds, and wait for those that others run; returns the errors of those that failed."""
    if not subjects:
        return {}
    _log.info("%sfolds to run: %d", label, len(subjects))
    executor = make_executor(
        experiment.executor,
        threads=experiment.loso.threads,
        memory=_fold_memory(experiment, subjects),
        gpus=experiment.trainer["accelerator"] != "cpu",
    )
    todo = list(subjects)
    with shown_epochs([folder.fold(s) for s in subjects], label):
        while todo:
            jobs = [FoldJob(subject, config, folder.path) for subject in todo]
            elsewhere = []
            for outcome in run_folds(executor, jobs):
                if outcome.result == "elsewhere":
                    elsewhere.append(outcome.job.subject)
                else:
                    _conclude(folder, outcome, label)
            todo = wait_for_others(folder, elsewhere)
    statuses = {subject: folder.fold(subject).status() for subject in subjects}
    return {s: status.error for s, status in statuses.items() if status.state == "failed"}


def _fold_memory(experiment: Experiment, subjects: Sequence[str]) -> int:
    """Bytes that a fold of these subjects needs: of the one whose own videos are longest."""
    data = experiment.fold_data
    recordings = data.source.recordings()
    frames = {s: sum(r.frames for r in recordings if r.subject == s) for s in subjects}
    longest = max(subjects, key=frames.__getitem__)
    fold = Fold(longest, experiment.seed, recordings, data.source.emotions.classes)
    return FOLD_MEMORY + data.samples.memory(fold, data.source)


def _conclude(folder: RunFolder, outcome: Outcome[FoldJob, FoldEnd], label: str = "") -> None:
    """Log how a fold ended, and note the failure of one whose process could not."""
    subject = outcome.job.subject
    fold = folder.fold(subject)
    if outcome.error is None:
        every = folder.subjects()
        place = f"{sum(folder.fold(s).done for s in every)} of {len(every)}"
        seconds = fold.status().seconds
        _log.info("%sfold %s done in %.0f s (%s)", label, subject, seconds, place)
        return
    with fold.lock.taken() as held:
        if held:  # else another process has begun it again
            fold.fail(outcome.error)
    _log.error("%sfold %s failed", label, subject)  # the verb writes the error, once, at its end


def _report(finished: Finished, folder: RunFolder) -> None:
    """Write the page, unless it is there already; what stops it stops nothing else.

    One that is older than the results is of fewer folds: its writing was interrupted.
    """
    if not finished.ran and _is_newer(folder.report, folder.results):
        return
    try:
        path: Path = write_report([folder.path])
        _log.info("report: %s", path)
    except (MetstError, OSError) as error:
        _log.error("no report: %s", error)


def _is_newer(page: Path, results: Path) -> bool:
    return page.exists() and page.stat().st_mtime_ns >= results.stat().st_mtime_ns
