"""Errors in the labels of an experiment, logged before hours of training."""

import logging

from jsonargparse import Namespace

from metst.samples.data import FoldData

_log = logging.getLogger(__name__)

SHOWN = 5
"""Errors that are logged one by one."""


def log_label_errors(data: FoldData, config: Namespace) -> None:
    """Log the first errors in the labels, a line each, and how to see all of them."""
    errors = data.source.label_errors()
    for error in errors[:SHOWN]:
        row = f" (row {error.row})" if error.row else ""
        _log.error("labels: %s%s", error, row)
    if errors:
        more = f"{len(errors) - SHOWN} more" if len(errors) > SHOWN else "details"
        files = " ".join(f"--config {path}" for path in config.get("config") or ["EXPERIMENT"])
        _log.error("labels: %s: metst check %s", more, files)
