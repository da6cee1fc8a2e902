"""What has been logged to a wandb run already, so that nothing is logged twice.

    <place>/wandb/journal.json

A wandb run is a history of numbered rows. Each number is written here before its row is sent:
after a kill, the same row gets the same number. wandb drops rows whose number it has.
"""

import json
import logging
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from metst.base.files import write_atomic

_log = logging.getLogger(__name__)

RESULTS = "results"
"""Name of the row that holds pooled results; the others are named by fold."""

Key = tuple[str, str]
"""Fold and training step of a row of its curves, or `RESULTS` and the digest of them."""


class Journal:
    """Names of the rows of one wandb run, in the order of their numbers.

    Args:
        path: the file.
        run_id: of the wandb run; by default the one that is known here, or a new one.

    Attributes:
        run_id: of the wandb run.
        concluded: digest of the results that wandb has completely; empty before.
    """

    def __init__(self, path: Path, run_id: str | None = None) -> None:
        self.path = path
        known = _read(path)
        if run_id not in (None, known.get("id")):
            known = {}
        self.run_id = str(known.get("id") or run_id or secrets.token_hex(4))
        self.concluded = str(known.get("concluded", ""))
        self._rows: list[Key] = [(fold, key) for fold, key in known.get("rows", [])]
        self._numbers = {key: number for number, key in enumerate(self._rows)}

    def numbered(self, keys: Sequence[Key], least: int = 0) -> dict[Key, int]:
        """Numbers of rows, new ones for those that have none yet; on disk when this returns.

        Args:
            keys: of the rows.
            least: smallest number that a new row may have.
        """
        new = [key for key in dict.fromkeys(keys) if key not in self._numbers]
        for key in new:
            number = max(len(self._rows), least)
            self._rows += [("", "")] * (number - len(self._rows))
            self._rows.append(key)
            self._numbers[key] = number
        if new:
            self.save()
        return {key: self._numbers[key] for key in keys}

    def conclude(self, digest: str) -> None:
        """Everything about the results with this digest has been sent."""
        self.concluded = digest
        self.save()

    def save(self) -> None:
        """Write the file."""
        state = {"id": self.run_id, "concluded": self.concluded, "rows": self._rows}
        write_atomic(self.path, json.dumps(state).encode())


def _read(path: Path) -> dict[str, Any]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        _log.warning("%s is damaged (%s): wandb gets a new run", path, error)
        return {}
    return known if isinstance(known, dict) else {}
