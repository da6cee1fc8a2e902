"""The folder of a sweep: trained networks, and the trials that score them.

    runs/<experiment>-<sweep>/networks/<digest>/   a LOSO run, known by what it is trained with
    runs/<experiment>-<sweep>/trials/<digest>/     trial.json, results.json, predictions.csv
    runs/<experiment>-<sweep>/nested/<subject>/    the same again, within the other subjects

Trials that differ in post-processing alone share a network; a network that was trained in part is
trained on. So any number of agents may work in one folder, and each may be killed.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from metst.base.errors import MetstError
from metst.base.files import write_atomic
from metst.base.locks import Lock
from metst.results.ledger import RunFolder

State = Literal["done", "stopped", "failed"]


@dataclass(frozen=True)
class Record:
    """How a trial ended.

    Attributes:
        digest: name of the trial: of its network and post-processing.
        number: of trials that had ended before it.
        settings: of experiment and post-processing, by dotted name.
        network: name of the network.
        state: stopped: given up after the first folds.
        error: why it failed.
        counts: subject -> numbers of `scoring.metrics.Counts`, under the `strict` rules, in
            the order of the folds.
        emotions: classes that the run recognizes, without neutral.
        analyzed: of these, those whose recognition is averaged.
        subjects: number of folds of the data set.
        scores: pooled scores over the folds in `counts`, by flat name.
        interval: 95 % interval of the strict STRS over subjects.
        stop: `after` and `margin` of the rule that ended it, and `best`, the score to compare with.
    """

    digest: str
    number: int
    settings: Mapping[str, Any]
    network: str
    state: State
    error: str = ""
    counts: Mapping[str, list[int]] = field(default_factory=dict)
    emotions: list[str] = field(default_factory=list)
    analyzed: list[str] = field(default_factory=list)
    subjects: int = 0
    scores: Mapping[str, float] = field(default_factory=dict)
    interval: list[float | None] = field(default_factory=lambda: [None, None])
    stop: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def folds(self) -> tuple[str, ...]:
        """Subjects with a score, in the order of the data set."""
        return tuple(self.counts)


class TrialFolder:
    """Files of one trial."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = Lock(path / ".lock")
        self.results = path / "results.json"
        self.predictions = path / "predictions.csv"
        self._record = path / "trial.json"

    def read(self) -> Record | None:
        """How the trial ended; None before its end.

        Raises:
            MetstError: the file is damaged.
        """
        try:
            record = Record(**json.loads(self._record.read_text(encoding="utf-8")))
            if record.counts and not record.emotions:
                msg = "counts without emotions"
                raise ValueError(msg)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            msg = f"{self._record} is damaged ({error}); delete it and give the same command again"
            raise MetstError(msg) from error
        return record

    def write(self, record: Record) -> None:
        """Write how the trial ended."""
        write_atomic(self._record, (json.dumps(asdict(record), indent=1) + "\n").encode())


class SweepFolder:
    """Files of a sweep."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.networks = path / "networks"

    def network(self, digest: str) -> RunFolder:
        """The run of a network."""
        return RunFolder(self.networks / digest)

    def trial(self, digest: str) -> TrialFolder:
        """The folder of a trial."""
        return TrialFolder(self.path / "trials" / digest)

    def nested(self, subject: str) -> "SweepFolder":
        """The sweep within all subjects but one."""
        return SweepFolder(self.path / "nested" / subject)

    def records(self) -> list[Record]:
        """Every trial that has come to an end, in the order in which they did."""
        found = [self.trial(path.parent.name).read() for path in self._files()]
        return sorted((r for r in found if r), key=lambda r: (r.number, r.digest))

    def count(self) -> int:
        """Number of trials that have come to an end."""
        return len(self._files())

    def _files(self) -> list[Path]:
        return list(self.path.glob("trials/*/trial.json"))
