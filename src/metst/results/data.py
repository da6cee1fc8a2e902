"""The data that a finished run was trained on, where they are still here."""

import logging
from typing import TYPE_CHECKING

from metst.base.errors import MetstError
from metst.features.settings import source_of
from metst.features.source import Source

if TYPE_CHECKING:
    from metst.results.run import Run

_log = logging.getLogger(__name__)


def data_of(run: "Run") -> Source | str:
    """The data set and features of a run, where they are still those of the run.

    Otherwise the reason why they are not there.
    """
    try:
        source = source_of(run.config["data"])
        if source.identity() == run.identity:
            return source
        reason = "the data or the cache have changed since the run, or are not here any more"
    except (MetstError, ValueError) as error:
        reason = str(error).splitlines()[0]
    _log.info("%s: %s", run.path, reason)
    return reason
