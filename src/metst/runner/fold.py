"""One fold: train without a subject, test on it, leave everything in its folder."""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
import yaml
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.pytorch import Callback, LightningModule, Trainer

from metst.base.executors import stop_wanted
from metst.base.randomness import derived_seed
from metst.results.checkpoint import note_results, recover, settle
from metst.results.ledger import FoldFolder, RunFolder
from metst.runner.config import Experiment, build, experiment_parser
from metst.runner.divergence import FiniteTraining
from metst.runner.environment import describe
from metst.runner.environments import note
from metst.runner.fold_log import fold_log
from metst.runner.plugins import AtomicCheckpointIO, loggers
from metst.runner.pooling import set_judgment
from metst.runner.stopping import Stop, stoppable
from metst.runner.trainer import trainer_arguments

FoldEnd = Literal["done", "elsewhere"]
"""What became of a fold: all of it is done, or it is left to the process that works on it."""


@dataclass(frozen=True)
class FoldJob:
    """A fold as plain data, for a worker process.

    Attributes:
        config: YAML of the experiment.
        run: run folder.
    """

    subject: str
    config: str
    run: Path


def run_fold(job: FoldJob) -> FoldEnd:
    """Run a fold, or what is left of it, and record that it is done, or why not.

    The result depends on the configuration and the subject alone: not on other folds, on the
    process it runs in, or on how often it was interrupted. A worker that is killed can record
    nothing any more: then the runner does.

    Raises:
        MetstError: the fold failed for a reason that the user can remove.
        KeyboardInterrupt: it was stopped; what it has learned until then is kept.
    """
    folder = RunFolder(job.run).fold(job.subject)
    with folder.lock.taken() as held:
        if not held:
            return "elsewhere"
        if folder.done:
            return "done"
        with fold_log(folder.log) as log, stoppable() as stop:
            try:
                _run(job, folder, stop, log)
            except Exception as error:
                log.exception("fold %s failed", job.subject)
                with suppress(OSError):  # of a full disk: the first error is the better message
                    folder.fail(str(error) or type(error).__name__)
                if not stop.wanted:
                    raise
        if stop.wanted:
            raise KeyboardInterrupt
        return "done"


def _run(job: FoldJob, folder: FoldFolder, stop: Stop, log: logging.Logger) -> None:
    """The story of a fold, from its configuration to its scores."""
    experiment = _experiment(job)
    system, data = experiment.model, experiment.fold_data
    set_judgment(experiment)
    data.choose(job.subject, experiment.seed)
    trainer = _trainer(experiment, folder, _Bookkeeper(folder, stop, log))
    checkpoint = _begin(job, folder, experiment, trainer)
    parts: dict[str, Any] = {"model": system, "datamodule": experiment.data}
    try:
        if system.trainable:
            trainer.fit(**parts, ckpt_path=checkpoint)
        if stop.wanted:
            return
        trainer.test(**parts, verbose=False)  # the callbacks write predictions and scores
    except SystemExit as error:  # what Lightning makes of Ctrl-C
        raise KeyboardInterrupt from error
    _finish(folder)
    log.info("fold %s done in %.1f s", job.subject, folder.status().seconds)


def _experiment(job: FoldJob) -> Experiment:
    """Built anew for each fold, with weights that follow from seed and subject."""
    parser = experiment_parser("metst loso")
    config = parser.parse_string(job.config)
    torch.set_num_threads(config.loso.threads)
    torch.manual_seed(derived_seed(config.seed, job.subject, "initialization"))
    return build(parser, config)


def _begin(
    job: FoldJob, folder: FoldFolder, experiment: Experiment, trainer: Trainer
) -> Path | None:
    """Note that the fold begins, with what; returns the checkpoint that it goes on from."""
    trained = experiment.model.trainable
    folder.begin(max(0, trainer.max_epochs or 0) if trained else 0)  # -1: steps are counted
    checkpoint = recover(folder.path)
    settings = yaml.safe_load(job.config)
    now = describe(trainer.strategy.root_device, settings["loso"]["threads"], settings)
    note(folder, now, resumed=checkpoint is not None)
    return checkpoint


def _finish(folder: FoldFolder) -> None:
    """Note the digests of what the fold leaves, and that it is done."""
    if folder.checkpoint.exists():  # a system may have nothing to train
        settle(folder.path)
    left = (folder.outputs, folder.frame_curves, folder.predictions, folder.metrics)
    note_results(folder.path, [path.name for path in left])
    folder.finish()


def _trainer(experiment: Experiment, folder: FoldFolder, bookkeeper: Callback) -> Trainer:
    """A trainer of its own for the fold; nothing of it is shared with another."""
    trainer = Trainer(
        **trainer_arguments(experiment.trainer),
        callbacks=[FiniteTraining(), *experiment.callbacks, bookkeeper],
        logger=loggers(folder, tensorboard=experiment.loso.tensorboard),
        # A fold is one process on one device, also inside a task of Slurm.
        plugins=[AtomicCheckpointIO(), LightningEnvironment()],
        default_root_dir=folder.path,
    )
    if not experiment.fold_data.fold.validation and not experiment.trainer.get("limit_val_batches"):
        trainer.limit_val_batches = 0  # else Lightning warns of validation without batches
    return trainer


class _Bookkeeper(Callback):
    """Writes into the ledger and the fold's log how far training is, and ends it on request."""

    def __init__(self, folder: FoldFolder, stop: Stop, log: logging.Logger) -> None:
        self.folder, self.stop, self._text = folder, stop, log
        self._start = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        self.stop.listen()  # Lightning has taken SIGTERM over, and would end in mid-epoch
        self.folder.advance(trainer.current_epoch)  # a resumed fold does not begin at 0
        known = self.folder.status()
        begin = "training begins after %d of %d epochs; process %d on %s"
        self._text.info(begin, known.epoch, known.epochs, known.pid, known.host)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self._start = time.monotonic()
        pl_module.log("lr", trainer.optimizers[0].param_groups[0]["lr"])

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        epoch = trainer.current_epoch + 1
        self.folder.advance(epoch)
        metrics = ", ".join(f"{n} {v:.6g}" for n, v in trainer.callback_metrics.items())
        self._text.info("epoch %d: %s in %.2f s", epoch, metrics, time.monotonic() - self._start)
        self.stop.wanted = self.stop.wanted or stop_wanted()  # a thread of Dask hears no signal
        if self.stop.wanted:
            self._text.info("stopped on request after epoch %d", epoch)
            # Only here: in mid-epoch it would end the epoch too early for an exact resume.
            trainer.should_stop = True

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        finished = trainer.fit_loop.epoch_progress.current
        # Also where training had ended before, and no epoch was left.
        self.folder.advance(finished.processed)  # type: ignore[attr-defined]

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        self.stop.listen()
