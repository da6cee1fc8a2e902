"""The LOSO run: every fold that is not done yet, then the pooled result."""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml
from jsonargparse import ArgumentParser, Namespace

from metst.base.executors import Outcome, make_executor
from metst.base.files import check_place, write_atomic
from metst.base.progress import progress
from metst.results.annotations import write_annotations
from metst.results.checkpoint import require_intact
from metst.results.ledger import FoldFolder, RunFolder
from metst.results.outputs import AGAIN
from metst.results.tables import read_predictions, write_predictions
from metst.runner.config import Experiment, build, to_yaml
from metst.runner.environments import changed_code, mixed_code, of_run
from metst.runner.fold import FoldEnd, FoldJob
from metst.runner.labels import log_label_errors
from metst.runner.options import run_folder
from metst.runner.pooling import pooled, set_judgment
from metst.runner.remote import FOLD_MEMORY, run_folds
from metst.runner.selection import Selection
from metst.runner.sharing import wait_for_others
from metst.runner.trainer import try_trainer
from metst.samples.data import FoldData
from metst.scoring.judgment import Judgment
from metst.scoring.pooling import write_results

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How often the progress of the folds is read from their status files."""


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


def run_loso(
    parser: ArgumentParser,
    config: Namespace,
    selection: Selection = Selection(),  # noqa: B008 - frozen
    *,
    fresh: bool = False,
    begun: Callable[[RunFolder], None] | None = None,
) -> Finished:
    """Run what is missing of an experiment and pool what is there.

    Other processes may work on the same run: the folds are shared, and this one waits for those
    that the others have before it pools. A call for named folds of a run that has begun takes the
    flow cache as it is; a fold that meets damage there fails, and a call for all folds repairs it.

    Args:
        parser: of experiments.
        config: the experiment.
        selection: the folds to run.
        fresh: throw away what the run folder holds first.
        begun: called with the run folder when there is something to run, before any training.

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
            folder.open(text)
            # The tasks of a cluster, a fold each, do not all look at a million images again.
            trusted = selection.folds and folder.data.exists()
            damaged = () if trusted else data.source.extract(make_executor(experiment.executor))
            folder.check_data(data.source.identity(), data.source.subjects())
        chosen = selection.of(folder, data.source.subjects())
        pending = [s for s in chosen if not folder.fold(s).done]
        if pending:
            log_label_errors(data, config)
        if pending and begun is not None:
            begun(folder)
        failed = _run_folds(folder, text, pending, experiment)
        with folder.lock.awaited(f"pooling {folder.path}"):
            results = (not pending and folder.complete_results()) or _pool(folder, data, judgment)
    missing = tuple(s for s in data.source.subjects() if s not in results.get("folds", {}))
    done = [] if pending else [folder.fold(s) for s in chosen]
    changed = changed_code(done, yaml.safe_load(text))
    return Finished(results, failed, damaged, len(pending), missing, tuple(changed))


def _run_folds(
    folder: RunFolder, config: str, subjects: Sequence[str], experiment: Experiment
) -> dict[str, str]:
    """Run folds, and wait for those that others run; returns the errors of those that failed."""
    if not subjects:
        return {}
    _log.info("folds to run: %d", len(subjects))
    executor = make_executor(
        experiment.executor,
        threads=experiment.loso.threads,
        memory=FOLD_MEMORY,
        gpus=experiment.trainer["accelerator"] != "cpu",
    )
    todo = list(subjects)
    with _watch([folder.fold(s) for s in subjects]):
        while todo:
            jobs = [FoldJob(subject, config, folder.path) for subject in todo]
            elsewhere = []
            for outcome in run_folds(executor, jobs):
                if outcome.result == "elsewhere":
                    elsewhere.append(outcome.job.subject)
                else:
                    _conclude(folder, outcome)
            todo = wait_for_others(folder, elsewhere)
    statuses = {subject: folder.fold(subject).status() for subject in subjects}
    return {s: status.error for s, status in statuses.items() if status.state == "failed"}


def _conclude(folder: RunFolder, outcome: Outcome[FoldJob, FoldEnd]) -> None:
    """Log how a fold ended, and note the failure of one whose process could not."""
    subject = outcome.job.subject
    fold = folder.fold(subject)
    if outcome.error is None:
        _log.info("fold %s done in %.0f s", subject, fold.status().seconds)
        return
    with fold.lock.taken() as held:
        if held:  # else another process has begun it again
            fold.fail(outcome.error)
    _log.error("fold %s failed", subject)  # the verb writes the error, once, at its end


@contextmanager
def _watch(folds: Sequence[FoldFolder]) -> Iterator[None]:
    """Show the epochs of all folds as one progress, read from the ledger."""
    stop = threading.Event()

    def epochs() -> int:
        return sum(fold.status().epoch for fold in folds)

    def follow() -> None:
        known = max([s.epochs for s in (f.status() for f in folds)], default=0)
        while not known and not stop.wait(POLL_SECONDS):
            known = max(f.status().epochs for f in folds)
        with progress("folds", known * len(folds), "epochs") as advance:
            seen = 0
            while not stop.wait(POLL_SECONDS):
                now = epochs()
                advance(now - seen)
                seen = now
            advance(epochs() - seen)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _pool(folder: RunFolder, data: FoldData, judgment: Judgment) -> dict[str, Any]:
    """Predictions and results over the folds that are done."""
    done = [s for s in data.source.subjects() if folder.fold(s).done]
    if not done:
        return {}
    for subject in done:
        require_intact(folder.fold(subject).predictions, AGAIN)
    tables = [read_predictions(folder.fold(s).predictions) for s in done]
    predictions = pd.concat(tables, ignore_index=True)
    results = pooled(predictions, done, data, judgment)
    write_annotations(data.source.recordings(), folder.annotations)
    write_predictions(predictions, folder.predictions)
    if environment := of_run([folder.fold(s) for s in done]):
        write_atomic(folder.environment, json.dumps(environment, indent=2).encode())
        if mixed := mixed_code(environment):
            results["mixed_code"] = mixed
    write_results(results, folder.results)
    return results
