"""Which folds a call runs."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from metst.base.errors import ConfigError
from metst.results.ledger import RunFolder


@dataclass(frozen=True)
class Selection:
    """Which folds a call runs; by default all that are not done.

    Attributes:
        folds: subjects; empty for all.
        only_failed: only folds whose last attempt failed.
    """

    folds: tuple[str, ...] = ()
    only_failed: bool = False

    def of(self, run: RunFolder, subjects: Sequence[str]) -> list[str]:
        """The chosen folds among `subjects`, in the order of the run.

        Raises:
            ConfigError: a fold that does not exist, with the nearest that do.
        """
        for name in self.folds:
            if name not in subjects:
                raise ConfigError(_unknown(name, subjects))
        chosen = [s for s in subjects if not self.folds or s in self.folds]
        if self.only_failed:
            chosen = [s for s in chosen if run.fold(s).status().state == "failed"]
        return chosen


def _unknown(name: str, subjects: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, subjects, n=3)
    known = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(subjects)}"
    return f"--folds: no subject '{name}'; {known}"
