"""The LOSO run: every fold that is not done yet, then the pooled result."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd
import torch
from jsonargparse import ArgumentParser, Namespace

from metst.errors import ConfigError
from metst.executors import run, usable_cores
from metst.loso.config import Experiment, LosoOptions, build, to_yaml
from metst.loso.data import FoldData, Judge
from metst.loso.fold import FoldJob, run_fold
from metst.loso.ledger import FoldFolder, RunFolder
from metst.progress import progress
from metst.results import read_predictions, write_annotations, write_predictions, write_results

_log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How often the progress of the folds is read from their status files."""


@dataclass(frozen=True)
class Finished:
    """What a LOSO run came to.

    Attributes:
        results: contents of `results.json`.
        failed: error in words, by subject.
        damaged: what is damaged in the data set and not accepted, in words.
        ran: number of folds that this call worked on; 0 where all were done before.
    """

    results: dict[str, Any]
    failed: dict[str, str]
    damaged: tuple[str, ...]
    ran: int


def run_loso(parser: ArgumentParser, config: Namespace, *, fresh: bool = False) -> Finished:
    """Run what is missing of an experiment and pool what is there.

    Raises:
        DataError: the data set is not there.
        ConfigError: the run folder holds another configuration, or results of other data.
        MetstError: another process works on the run.
    """
    experiment = build(parser, config)
    options, data, judge = experiment.loso, cast(FoldData, experiment.data), _judge(experiment)
    data.locate()
    text = to_yaml(parser, config)
    folder = RunFolder(options.runs / config.name)
    with folder.lock():
        folder.open(text, fresh=fresh)
        damaged = data.extract(options.workers or usable_cores())
        folder.check_data(data.identity())
        subjects = data.subjects()
        pending = [s for s in subjects if folder.fold(s).status().state != "done"]
        if not pending and (results := folder.complete_results()):
            return Finished(results, {}, damaged, ran=0)
        failed = _run_folds(folder, text, pending, options)
        results = _pool(folder, data, judge)
    return Finished(results, failed, damaged, len(pending))


def _run_folds(
    folder: RunFolder, config: str, subjects: Sequence[str], options: LosoOptions
) -> dict[str, str]:
    """Run folds; returns the errors of those that failed."""
    jobs = [FoldJob(subject, config, folder.path) for subject in subjects]
    workers = options.workers or (1 if torch.cuda.is_available() else usable_cores())
    failed: dict[str, str] = {}
    if not jobs:
        return failed
    _log.info("%d folds to run, %d at a time", len(jobs), min(workers, len(jobs)))
    with _watch([folder.fold(s) for s in subjects]):
        for outcome in run(run_fold, jobs, workers):
            subject = outcome.job.subject
            fold = folder.fold(subject)
            if outcome.error is None:
                _log.info("fold %s done in %.0f s", subject, fold.status().seconds)
                continue
            failed[subject] = outcome.error
            fold.fail(outcome.error)
            _log.error("fold %s failed: %s", subject, outcome.error)
    return failed


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


def _judge(experiment: Experiment) -> Judge:
    """The callback that scores; asked for before hours of training, not after."""
    judges = [callback for callback in experiment.callbacks if isinstance(callback, Judge)]
    if len(judges) != 1:
        msg = (
            f"callbacks: expected one that scores, such as "
            f"callbacks.spot_then_recognize.SpotThenRecognize, got {len(judges)}"
        )
        raise ConfigError(msg)
    return judges[0]


def _pool(folder: RunFolder, data: FoldData, judge: Judge) -> dict[str, Any]:
    """Predictions and results over the folds that are done."""
    subjects = data.subjects()
    done = [s for s in subjects if folder.fold(s).status().state == "done"]
    if not done:
        return {}
    tables = [read_predictions(folder.fold(s).predictions) for s in done]
    predictions = pd.concat(tables, ignore_index=True)
    judged = [r for r in data.recordings() if r.subject in done]
    results = judge.evaluate(predictions, judged, data.analyzed)
    results["complete"] = len(done) == len(subjects)
    write_annotations(data.recordings(), folder.annotations)
    write_predictions(predictions, folder.predictions)
    write_results(results, folder.results)
    return results
