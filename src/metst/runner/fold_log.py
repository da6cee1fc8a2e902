"""`fold.log`: everything that is logged while a fold runs, one attempt after another."""

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIGHTNING = ("lightning.pytorch", "lightning.fabric")

NOISE = (
    # Windows lie in memory: loader processes would only cost time.
    ".*does not have many workers.*",
    # A fold is one process, also inside a task of Slurm.
    ".*`srun` command is available.*",
    ".*LeafSpec.*is deprecated.*",
    ".*Checkpoint directory .* exists.*",
    # Validation is refused with an error where a system has none (`metst.runner.config`).
    ".*have no `validation_step`.*",
    # A run folder that was moved, or weights that another run has learned.
    "The dirpath has changed.*",
)
"""Warnings of Lightning that do not concern a fold."""


class _File(logging.FileHandler):
    """A log file that ends no fold: on a full disk, what writes results raises the error."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Go on without this line."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()


@contextmanager
def fold_log(path: Path) -> Iterator[logging.Logger]:
    """Write to `path` what metst, Lightning and warnings log in this thread.

    Lightning's notices do not go to the console: the runner has its own for many folds.

    Yields:
        A logger of the file alone, for what would be too much on a console.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = _File(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    thread = threading.get_ident()
    handler.addFilter(lambda record: record.thread == thread)
    logger = logging.Logger("metst.fold")  # belongs to no tree: nothing of it reaches a console
    logger.addHandler(handler)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with _lightning_to(handler), _warnings_to_loggers():
            yield logger
    finally:
        root.removeHandler(handler)
        handler.close()


@contextmanager
def _lightning_to(handler: logging.Handler) -> Iterator[None]:
    """Lightning logs to `handler` alone; its errors are exceptions, its warnings Python's."""
    loggers = [logging.getLogger(name) for name in LIGHTNING]
    before = [(list(logger.handlers), logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [handler], False
    try:
        yield
    finally:
        for logger, (handlers, propagate) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate


@contextmanager
def _warnings_to_loggers() -> Iterator[None]:
    with warnings.catch_warnings():
        for message in NOISE:
            warnings.filterwarnings("ignore", message)
        logging.captureWarnings(capture=True)
        try:
            yield
        finally:
            logging.captureWarnings(capture=False)
