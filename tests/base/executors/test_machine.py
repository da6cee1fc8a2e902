"""How many workers fit, with numbers, and what the system reports of its memory."""

from pathlib import Path

import pytest

from metst.base.executors.machine import (
    GIB,
    WORKER_GPU_MEMORY,
    WORKER_MEMORY,
    Gpu,
    fitting_workers,
    free_memory,
    places,
    usable_cores,
)

PLENTY = 1000 * GIB


def test_cores_and_threads_limit() -> None:
    assert fitting_workers(16, PLENTY) == 16
    assert fitting_workers(16, PLENTY, threads=4) == 4
    assert fitting_workers(2, PLENTY, threads=4) == 1
    assert fitting_workers(16, None) == 16


def test_memory_limits_and_one_worker_always_fits() -> None:
    assert fitting_workers(16, 5 * WORKER_MEMORY + 1) == 5
    assert fitting_workers(16, 20 * GIB, each=4 * GIB) == 5
    assert fitting_workers(16, 0) == 1


def test_workers_share_gpus_as_far_as_their_memory_goes() -> None:
    large, small, full = (
        Gpu("0", 3 * WORKER_GPU_MEMORY),
        Gpu("2", WORKER_GPU_MEMORY + 1),
        Gpu("GPU-c0", 0),
    )
    assert places([large, small, full]) == ["0", "2", "GPU-c0", "0", "0"]
    assert fitting_workers(64, PLENTY, [large, small, full]) == 5
    assert fitting_workers(4, PLENTY, [large, small, full]) == 4
    assert places([]) == []


def test_a_gpu_worker_needs_cores_and_memory_too() -> None:
    gpu = Gpu("0", 100 * WORKER_GPU_MEMORY)
    assert fitting_workers(8, PLENTY, [gpu], threads=2) == 4
    assert fitting_workers(8, 2 * WORKER_MEMORY, [gpu]) == 2


def machine(root: Path, available: int, groups: dict[str, tuple[str, int]]) -> Path:
    """The files of a Linux system: kiB available, and limit and use of control groups."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/meminfo").write_text(f"MemTotal: 99999999 kB\nMemAvailable: {available} kB\n")
    (root / "proc/self/cgroup").write_text("0::/slurm/job_7/step_0\n")
    for name, (limit, anon) in groups.items():
        group = root / "sys/fs/cgroup" / name
        group.mkdir(parents=True, exist_ok=True)
        (group / "memory.max").write_text(limit + "\n")
        (group / "memory.stat").write_text(f"file 123456\nanon {anon}\nshmem 0\n")
    return root


def test_free_memory_is_the_least_that_system_and_groups_leave(tmp_path: Path) -> None:
    nobody = machine(tmp_path / "1", 4096, {})
    assert free_memory(nobody) == 4096 * 1024
    job = {"slurm/job_7": ("3000000", 1000000), "slurm/job_7/step_0": ("max", 900000)}
    assert free_memory(machine(tmp_path / "2", 4096, job)) == 2000000
    over = {"slurm/job_7/step_0": ("1000", 2000)}
    assert free_memory(machine(tmp_path / "3", 4096, over)) == 0


@pytest.mark.parametrize(
    ("line", "files", "cores"),
    [
        ("0::/job/step", {"job/cpu.max": "150000 100000", "job/step/cpu.max": "max 100000"}, 2),
        ("0::/job", {"job/cpu.max": "1000 100000"}, 1),
        ("0::/job", {"job/cpu.max": "max 100000"}, 8),
        (
            "4:cpu,cpuacct:/job",
            {"cpu/job/cpu.cfs_quota_us": "300000", "cpu/job/cpu.cfs_period_us": "100000"},
            3,
        ),
        ("4:cpu:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
    ],
)
def test_a_quota_of_cpu_time_limits_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, files: dict[str, str], cores: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    groups = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    for name, text in {"proc/self/cgroup": f"9:name=systemd:/\n{line}", **groups}.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    assert usable_cores(tmp_path) == cores


def test_free_memory_is_unknown_without_proc(tmp_path: Path) -> None:
    assert free_memory(tmp_path) is None


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="only Linux shows")
def test_this_machine_has_memory_and_cores() -> None:
    total = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
    free = free_memory()
    assert free is not None
    assert 0 < free < total
    assert usable_cores() >= 1
