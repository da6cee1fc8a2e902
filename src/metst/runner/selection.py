"""Which folds a call runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from jsonargparse import ArgumentParser

from metst.base.errors import ConfigError
from metst.base.names import nearest
from metst.results.ledger import RunFolder


@dataclass(frozen=True)
class Selection:
    """Which folds a call runs; by default all that are not done.

    Attributes:
        folds: subjects; empty for all.
        only_failed: only folds whose last attempt failed.
        first: only the first so many of the data set; 0 for all.
    """

    folds: tuple[str, ...] = ()
    only_failed: bool = False
    first: int = 0

    def of(self, run: RunFolder, subjects: Sequence[str]) -> list[str]:
        """The chosen folds among `subjects`, in the order of the run.

        Raises:
            ConfigError: a fold that does not exist, with the nearest that do.
        """
        for name in self.folds:
            if name not in subjects:
                advice = nearest(name, subjects, f"there are {', '.join(subjects)}")
                msg = f"--folds: no subject '{name}'; {advice}"
                raise ConfigError(msg)
        chosen = [s for s in subjects if not self.folds or s in self.folds]
        if self.only_failed:
            chosen = [s for s in chosen if run.fold(s).status().state == "failed"]
        return chosen[: self.first or None]


def add_choices(parser: ArgumentParser) -> None:
    """The options of `metst loso` besides the settings of an experiment."""
    parser.add_argument("--folds", type=str, default="", help="only these subjects: 006,007")
    parser.add_argument(
        "--only_failed", "--only-failed", action="store_true", help="only folds that failed"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="throw away what the run folder holds and begin anew"
    )
    parser.add_argument(
        "--status", action="store_true", help="print how far each fold is, and run nothing"
    )
