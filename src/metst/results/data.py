"""The data that a finished run was trained on, where they are still here."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from metst.base.errors import MetstError
from metst.features.settings import source_of
from metst.features.source import Source

_log = logging.getLogger(__name__)


def data_of(settings: Mapping[str, Any], identity: Mapping[str, str], run: Path) -> Source | str:
    """The data set and features of a run, where they are still those of the run.

    Otherwise the reason why they are not there.

    Args:
        settings: the part `data` of its configuration.
        identity: digests of the data that it was begun with.
        run: its folder, for the log.
    """
    try:
        source = source_of(settings)
        if source.identity() == identity:
            return source
        reason = "the data or the features have changed since the run, or are not here any more"
    except (MetstError, ValueError) as error:
        reason = str(error).splitlines()[0]
    _log.info("%s: %s", run, reason)
    return reason
