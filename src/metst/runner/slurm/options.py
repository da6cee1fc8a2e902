"""What is asked of a cluster for each task."""

import re
from dataclasses import dataclass
from pathlib import Path

from metst.base.settings import require

_NAME = r"[\w.,-]+"
_TIME = r"\d+(:\d\d){0,2}|\d+-\d+(:\d\d){0,2}"
_MEMORY = r"[1-9]\d*[KMGT]?"


@dataclass(frozen=True)
class SlurmOptions:
    """What the tasks ask of the cluster, in the words of sbatch.

    Attributes:
        partition: partition of all jobs; the cluster's own default without it.
        account: account of all jobs; the user's default without it.
        time: time limit of a task: minutes, hours:minutes:seconds, days-hours ...
        gpus: GPUs of a fold, 0 or 1; extraction needs none.
        cpus: cores of a task of the extraction; a fold takes as many as it has threads.
        mem: memory of a task, such as 8G.
        shards: tasks of the extraction.
        out: folder of the scripts; default `slurm` in the run folder.

    Raises:
        ConfigError: a value that sbatch would refuse, or that would be wasted.
    """

    partition: str | None = None
    account: str | None = None
    time: str = "04:00:00"
    gpus: int = 0
    cpus: int = 4
    mem: str = "8G"
    shards: int = 8
    out: Path | None = None

    def __post_init__(self) -> None:
        rules: dict[str, tuple[bool, str]] = {
            "partition": (_fits(_NAME, self.partition), "the name of a partition"),
            "account": (_fits(_NAME, self.account), "the name of an account"),
            "time": (_fits(_TIME, self.time), "a time such as 90, 04:00:00 or 1-12:00:00"),
            "gpus": (self.gpus in (0, 1), "0 or 1: a fold trains on one device"),
            "cpus": (self.cpus >= 1, "1 or more"),
            "mem": (_fits(_MEMORY, self.mem), "a size such as 8G or 8000M"),
            "shards": (self.shards >= 1, "1 or more"),
        }
        for name, (kept, expected) in rules.items():
            require(name, getattr(self, name), kept, expected)


def _fits(pattern: str, word: str | None) -> bool:
    return word is None or re.fullmatch(pattern, word) is not None
