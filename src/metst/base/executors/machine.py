"""What this machine offers to workers: cores, memory, GPUs."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GIB = 2**30

WORKER_MEMORY = 1 * GIB
"""Bytes that a worker needs for light jobs: torch and lightning loaded (0.5 GiB), and the face
detector (0.7 GiB in all, the largest resident size of `metst extract` in one process)."""

WORKER_GPU_MEMORY = 4 * GIB
"""Bytes of a GPU that a worker is given. Tensors of ME-TST take 0.4 GiB at most in batches of 32
windows, those of BoostingVRME 0.7; batches of 256 take eight times as much."""

_FREE = (
    "import torch as t; print(*(t.cuda.mem_get_info(i)[0] for i in range(t.cuda.device_count())))"
)


@dataclass(frozen=True)
class Gpu:
    """A GPU that this process may use.

    Attributes:
        name: what CUDA_VISIBLE_DEVICES calls it.
        free: bytes that nobody uses.
    """

    name: str
    free: int


def usable_cores(root: Path = Path("/")) -> int:
    """Cores that this process may use (a container or scheduler may allow fewer than exist).

    Args:
        root: where the file systems proc and cgroup are mounted.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    quotas = (quota for group in _groups(root, "cpu") if (quota := _quota(group)) is not None)
    return min([cores, *quotas])


def fitting_workers(
    cores: int,
    memory: int | None,
    gpus: Sequence[Gpu] = (),
    *,
    threads: int = 1,
    each: int = WORKER_MEMORY,
) -> int:
    """How many workers fit; at least one.

    Args:
        cores: that may be used.
        memory: bytes free; None where it is unknown and does not limit.
        gpus: that the workers share; none: they compute on the CPU.
        threads: of each worker.
        each: bytes that each worker needs.
    """
    limits = [cores // threads]
    if memory is not None:
        limits.append(memory // each)
    if gpus:
        limits.append(len(places(gpus)))
    return max(1, min(limits))


def places(gpus: Sequence[Gpu]) -> list[str]:
    """The GPU of each worker, in the order in which workers start: one on each, then seconds.

    A GPU whose memory is taken still gets one worker: its error is clearer than its absence.
    """
    fit = {gpu.name: max(1, gpu.free // WORKER_GPU_MEMORY) for gpu in gpus}
    rounds = max(fit.values(), default=0)
    return [name for turn in range(rounds) for name, count in fit.items() if turn < count]


def free_memory(root: Path = Path("/")) -> int | None:
    """Bytes that new processes may take, by the system and by the limits of this process.

    Args:
        root: where the file systems proc and cgroup are mounted.

    Returns:
        None where neither is known, as outside Linux.
    """
    known = [_available(root / "proc/meminfo"), *map(_room, _groups(root, "memory"))]
    return min((size for size in known if size is not None), default=None)


def _available(path: Path) -> int | None:
    """Memory that the system could give without swapping."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    kib = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(kib[0]) * 1024 if kib else None


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Folders of the control groups around this process (a container, a job of Slurm).

    Those of version 2 have one tree, `0::/job`; of version 1 each controller has its own,
    `4:cpu,cpuacct:/job`.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for _, controllers, inner in (line.split(":", 2) for line in lines):
        if not controllers or controller in controllers.split(","):
            top = root / "sys/fs/cgroup" / (controller if controllers else "")
            own = top / inner.lstrip("/")
            yield from (own, *own.parents)


def _quota(group: Path) -> int | None:
    """Cores that the CPU time of a control group amounts to, rounded up; None without a limit."""
    for names in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
        with suppress(OSError, ValueError):
            quota, period = " ".join((group / name).read_text() for name in names).split()
            return max(1, -(-int(quota) // int(period))) if quota not in ("max", "-1") else None
    return None


def _room(group: Path) -> int | None:
    """Limit of a control group less what it holds; files that could be dropped do not count."""
    try:
        limit = (group / "memory.max").read_text().strip()
        statistics = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    except OSError:
        return None
    if limit == "max":
        return None
    return max(0, int(limit) - int(statistics["anon"]))


def usable_gpus(environment: Mapping[str, str] = os.environ) -> list[Gpu]:
    """GPUs that torch can use; asking them makes no CUDA context in this process."""
    import torch

    count = torch.cuda.device_count()
    if not count:
        return []
    asked = subprocess.run(  # a context would keep its GPU memory as long as this process lives
        [sys.executable, "-c", _FREE], capture_output=True, text=True, check=False
    )
    free = [int(size) for size in asked.stdout.split()] or [0] * count  # unknown: one worker each
    return [Gpu(name, size) for name, size in zip(_names(environment, count), free, strict=True)]


def _names(environment: Mapping[str, str], count: int) -> list[str]:
    """Names of the visible GPUs: the user's, where the user chose among them."""
    chosen = environment.get("CUDA_VISIBLE_DEVICES", "")
    names = [name.strip() for name in chosen.split(",") if name.strip()]
    return names[:count] if names else [str(number) for number in range(count)]
