"""One fold: train without a subject, test on it, leave everything in its folder."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import CSVLogger

from metst.loso.checkpoint import AtomicCheckpointIO
from metst.loso.config import Experiment, build, experiment_parser
from metst.loso.data import FoldData
from metst.loso.ledger import FoldFolder, RunFolder
from metst.randomness import derived_seed


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


def run_fold(job: FoldJob) -> None:
    """Run a fold, or what is left of it, and record that it is done.

    The result depends on the configuration and the subject alone: not on other folds, on the
    process it runs in, or on how often it was interrupted. A failure is recorded by the runner,
    which also hears of workers that can record nothing any more.

    Raises:
        MetstError: the fold failed for a reason the user can mend.
    """
    folder = RunFolder(job.run).fold(job.subject)
    _run(job, folder)
    folder.finish()


def _run(job: FoldJob, folder: FoldFolder) -> None:
    parser = experiment_parser("metst loso")
    config = parser.parse_string(job.config)
    torch.set_num_threads(config.loso.threads)
    torch.manual_seed(derived_seed(config.seed, job.subject, "initialization"))
    experiment = build(parser, config)
    data = cast(FoldData, experiment.data)
    data.choose(job.subject, config.seed)
    with _quiet():
        trainer = _trainer(experiment, folder)
        folder.begin(trainer.max_epochs or 0)
        resume = folder.checkpoint if folder.checkpoint.exists() else None
        try:
            trainer.fit(experiment.model, datamodule=experiment.data, ckpt_path=resume)
            trainer.test(experiment.model, datamodule=experiment.data, verbose=False)
        except SystemExit as error:  # what Lightning makes of Ctrl-C
            raise KeyboardInterrupt from error


def _trainer(experiment: Experiment, folder: FoldFolder) -> Trainer:
    """A trainer of its own for the fold; nothing of it is shared with another."""
    settings = {
        "deterministic": True,
        "enable_progress_bar": False,  # the runner shows one bar for all folds
        "enable_model_summary": False,
        "log_every_n_steps": 1,
        "num_sanity_val_steps": 0,
    }
    chosen = {key: value for key, value in experiment.trainer.items() if value is not None}
    return Trainer(
        **(settings | chosen),
        callbacks=[*experiment.callbacks, _LedgerCallback(folder)],
        logger=CSVLogger(folder.path, name="", version="log"),
        plugins=[AtomicCheckpointIO()],
        default_root_dir=folder.path,
    )


class _LedgerCallback(Callback):
    """Tells the ledger, and so everyone who looks, how many epochs are finished."""

    def __init__(self, folder: FoldFolder) -> None:
        self.folder = folder

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        self.folder.advance(trainer.current_epoch + 1)


@contextmanager
def _quiet() -> Iterator[None]:
    """Lightning's notices are about one training; the runner does many and reports itself."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        # Windows lie in memory: loader processes would only cost time.
        warnings.filterwarnings("ignore", ".*does not have many workers.*")
        warnings.filterwarnings("ignore", ".*LeafSpec.*is deprecated.*")
        warnings.filterwarnings("ignore", ".*Experiment logs directory .* exists.*")
        warnings.filterwarnings("ignore", ".*Checkpoint directory .* exists.*")
        try:
            yield
        finally:
            logger.setLevel(level)
