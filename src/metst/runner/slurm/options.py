"""What is asked of a cluster for each task."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jsonargparse.typing import PositiveInt

from metst.base.settings import require

_TIME = re.compile(r"\d+(:\d\d){0,2}|\d+-\d+(:\d\d){0,2}")
_MEMORY = re.compile(r"([1-9]\d*)([KMGT]?)")
_UNITS = {"K": 2**10, "": 2**20, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True)
class SlurmOptions:
    """What the tasks ask of the cluster, by the names of sbatch's options.

    Attributes:
        partition: partition of all jobs; the cluster's own default without it.
        account: account of all jobs; the user's default without it.
        time: time limit of a task: minutes, hours:minutes:seconds, days-hours ...
        gpus: GPUs of a fold, which trains on one device; extraction needs none.
        cpus: cores of a task of the extraction; a fold takes as many as it has threads.
        mem: memory of a task, such as 8G.
        shards: tasks of the extraction.
        out: folder of the scripts; default `slurm` in the run folder.

    Raises:
        ConfigError: a time or size that sbatch would refuse.
    """

    partition: str | None = None
    account: str | None = None
    time: str = "04:00:00"
    gpus: Literal[0, 1] = 0
    cpus: PositiveInt = 4
    mem: str = "8G"
    shards: PositiveInt = 8
    out: Path | None = None

    def __post_init__(self) -> None:
        time, memory = _TIME.fullmatch(self.time), _MEMORY.fullmatch(self.mem)
        require("time", self.time, time is not None, "a time such as 90, 04:00:00 or 1-12:00:00")
        require("mem", self.mem, memory is not None, "a size such as 8G or 8000M")

    @property
    def memory(self) -> int:
        """Memory of a task in bytes; a number without unit is in MiB, as for sbatch."""
        found = _MEMORY.fullmatch(self.mem)
        assert found is not None  # checked above
        return int(found[1]) * _UNITS[found[2]]
