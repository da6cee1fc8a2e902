"""One trial: all folds of an experiment under some settings, with one score."""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from jsonargparse import Namespace

from metst.base.errors import ConfigError
from metst.base.files import folder_name, read_json
from metst.base.settings import flat
from metst.results.changes import NOT_COMPARED
from metst.results.ledger import RunFolder
from metst.results.run import open_run
from metst.results.tables import write_predictions
from metst.runner.arguments import parse
from metst.runner.config import Experiment, build, experiment_parser, to_yaml
from metst.runner.environments import changed_code, warn_changed
from metst.runner.options import WandbOptions
from metst.runner.rescore import rescore
from metst.runner.runner import Finished, run_loso
from metst.runner.selection import Selection
from metst.runner.sweeps.folder import Record, SweepFolder, TrialFolder
from metst.runner.sweeps.scores import MAIN, interval
from metst.runner.sweeps.settings import StopOptions, trial_parser
from metst.runner.sweeps.stopping import best_over, follows, gives_up
from metst.runner.tracking import Tracker, track
from metst.scoring.evaluation import tested_of
from metst.scoring.pooled import pooled_scores
from metst.scoring.pooling import write_results

_log = logging.getLogger(__name__)

_PLACE = ("name", "loso.runs")
"""Settings that give the place of a network, not what it is trained with."""

_AFTERWARDS = ("model.peak", "evaluation.variant")
"""Settings of what comes after the network: changed without training."""

_DIGITS = 12
"""Hexadecimal digits of a digest: 48 bits keep a million networks apart."""


@dataclass(frozen=True)
class Trial:
    """What is tried.

    Attributes:
        config: the experiment, as it was asked for.
        settings: those that numbers depend on, by dotted name.
        network: digest of everything that training depends on.
        digest: of the network and the post-processing.
        emotions: classes that are recognized.
    """

    config: Namespace
    sweep: str
    settings: Mapping[str, Any]
    stop: StopOptions
    network: str
    digest: str
    emotions: tuple[str, ...]

    @property
    def folder(self) -> SweepFolder:
        """Folder of the sweep."""
        runs: Path = self.config.loso.runs
        return SweepFolder(runs / folder_name(f"{self.config.name}-{self.sweep}", "--sweep"))


def read_trial(arguments: Sequence[str]) -> Trial:
    """The trial that a command line asks for; its experiment is built once, for what it refuses.

    Raises:
        ConfigError: unknown or mistyped setting, with the nearest known; a setting that cannot
            work; an experiment that names no emotions.
    """
    config = parse(trial_parser("metst trial"), arguments)
    sweep: str = config.pop("sweep")
    folder_name(config.name, "name")
    folder_name(sweep, "--sweep")
    stop = StopOptions(**config.pop("stop").as_dict())
    parser = experiment_parser("metst loso")
    emotions = _emotions(build(parser, config))
    whole = dict(flat(yaml.safe_load(to_yaml(parser, config))))
    settings = {k: v for k, v in whole.items() if k not in (*_PLACE, *NOT_COMPARED)}
    network = _digest("n", {k: v for k, v in settings.items() if k not in _AFTERWARDS})
    digest = _digest("t", [network, *map(settings.get, _AFTERWARDS)])
    return Trial(config, sweep, settings, stop, network, digest, emotions)


def _emotions(experiment: Experiment) -> tuple[str, ...]:
    """Classes of an experiment, found out before hours of training."""
    if emotions := experiment.judgment.emotions:
        return emotions
    system = experiment.model
    got = f"evaluation.kind {experiment.evaluation.kind}"
    if not system.recognizes:
        got = f"{type(system).__name__}, which names none"
    msg = f"a sweep is chosen by STRS, which needs emotions of micro-expressions, got {got}"
    raise ConfigError(msg)


def run_trial(trial: Trial, folder: SweepFolder | None = None) -> Record:
    """Run what is missing of a trial; one that has ended under the same rule is not run again.

    A failed fold makes a failed trial; what was trained until then is kept, and the same trial
    goes on from there.

    Args:
        trial: what is tried.
        folder: for its files; the sweep's own by default.

    Raises:
        MetstError: the data set is not there, or anything else for which no fold can begin.
        KeyboardInterrupt: it was stopped.
    """
    folder = folder or trial.folder
    place = folder.trial(trial.digest)
    options = WandbOptions(**trial.config.wandb.as_dict())
    name = f"{trial.sweep}-{trial.digest}"
    with (
        place.lock.awaited(f"trial {trial.digest}"),
        track(options, place.path, name, trial.settings) as tracker,
    ):
        known = place.read()
        if known and follows(known, trial.stop):
            record = known
            warn_changed(f"trial {trial.digest}", _changed(trial, folder, record))
        else:
            number = known.number if known else folder.count()
            record = _run(trial, number, folder, place, tracker)
            place.write(record)
        _conclude(record, folder, place, tracker)
    return record


def _run(
    trial: Trial, number: int, folder: SweepFolder, place: TrialFolder, tracker: Tracker
) -> Record:
    """Train and score the first folds, where the trial may be given up after them, then all."""
    config = trial.config.clone()
    config.name, config.loso.runs = trial.network, folder.networks
    config.model.init_args.pop("peak", None)  # trials of one network share its run
    config.evaluation.variant = None
    run = folder.network(trial.network)
    begun = Record(trial.digest, number, trial.settings, trial.network, "done")
    first = trial.stop.after
    if first and not run.complete_results():  # else another trial has trained this network
        finished = _folds(config, Selection(first=first), tracker)
        if finished.failed:
            return replace(begun, state="failed", error=_errors(finished.failed))
        if first < len(subjects := run.subjects()):
            record = _given_up(_scored(begun, trial, run, place, subjects[:first]), trial, folder)
            if record.state == "stopped":
                return record
    finished = _folds(config, Selection(), tracker)
    if finished.failed:
        return replace(begun, state="failed", error=_errors(finished.failed))
    return _scored(begun, trial, run, place, None)


def _folds(config: Namespace, selection: Selection, tracker: Tracker) -> Finished:
    parser = experiment_parser("metst loso")
    finished = run_loso(parser, config, selection, begun=tracker.follow)
    warn_changed(f"network {config.name}", finished.changed)
    return finished


def _changed(trial: Trial, folder: SweepFolder, record: Record) -> list[str]:
    """Modules that have changed since a trial was scored."""
    run = folder.network(record.network)
    settings = yaml.safe_load(to_yaml(experiment_parser("metst loso"), trial.config))
    return changed_code([run.fold(subject) for subject in record.folds], settings)


def _given_up(record: Record, trial: Trial, folder: SweepFolder) -> Record:
    """The record after the first folds, stopped where the rule asks for it."""
    others = [r for r in folder.records() if r.digest != trial.digest]
    best = best_over(others, record.folds)
    if not gives_up(record.scores[MAIN], best, trial.stop.margin):
        return record
    rule = {"after": trial.stop.after, "margin": trial.stop.margin, "best": best}
    return replace(record, state="stopped", stop=rule)


def _scored(
    begun: Record,
    trial: Trial,
    run: RunFolder,
    place: TrialFolder,
    subjects: tuple[str, ...] | None,
) -> Record:
    """Score the folds of a network, and write predictions and results."""
    peak, variant = map(trial.settings.get, _AFTERWARDS)
    predictions, results = rescore(run.path, peak=peak, synergy=variant, subjects=subjects)
    write_predictions(predictions, place.predictions)
    write_results(results, place.results)
    network = open_run(run.path, results=True)
    tested, judgment = tested_of(network.recordings, results["folds"]), network.judgment
    scoring = judgment.protocol("strict")
    counts = scoring.counts(*judgment.of_kind(predictions, tested), results["strategy"])
    return replace(
        begun,
        counts={subject: c.numbers().tolist() for subject, c in counts.items()},
        emotions=list(judgment.emotions),
        analyzed=list(judgment.analyzed),
        subjects=len(run.subjects()),
        scores=pooled_scores(results),
        interval=list(interval(counts, scoring)),
    )


def _errors(failed: Mapping[str, str]) -> str:
    """What went wrong, each error once."""
    folds: dict[str, list[str]] = {}
    for subject, error in failed.items():
        folds.setdefault(" ".join(error.split()), []).append(subject)
    return "; ".join(f"fold {', '.join(subjects)}: {error}" for error, subjects in folds.items())


def _conclude(record: Record, folder: SweepFolder, place: TrialFolder, tracker: Tracker) -> None:
    """Log the end of a trial, here and to wandb."""
    if record.state == "failed":
        _log.error("trial %s failed: %s", record.digest, record.error)
        return
    score, folds = record.scores[MAIN], len(record.folds)
    _log.info("trial %s %s: %s %.4f over %d folds", record.digest, record.state, MAIN, score, folds)
    if record.state == "done":
        tracker.conclude(folder.network(record.network), read_json(place.results))
    else:  # not under the metric's name: a score over fewer folds is another thing
        tracker.note({f"stopped/{MAIN}": score, "stopped/folds": folds})


def _digest(kind: str, value: object) -> str:
    """A name that follows from a value; with a letter before it: YAML takes 12e34 for a number."""
    text = json.dumps(value, sort_keys=True, default=str)
    return kind + hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
