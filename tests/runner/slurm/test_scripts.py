"""The scripts: as bash reads them, and as sbatch does."""

import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from metst.runner.slurm import Plan, SlurmOptions, scripts

PLAN = Plan(
    name="casme3",
    options=SlurmOptions("gpu", "lab", "1-12:00:00", gpus=1, cpus=6, mem="16G"),
    folder=Path("/data/my runs/casme3/slurm"),
    project=Path("/home/me/it's metst"),
    python=Path("/home/me/it's metst/.venv/bin/python"),
    subjects=[f"spNO.{number}" for number in range(1, 95)],
    shards=8,
    threads=2,
)
CPU = replace(PLAN, options=replace(PLAN.options, gpus=0, partition=None, account=None))
JOBS = ("extract.sh", "folds.sh", "pool.sh")


def directives(script: str) -> dict[str, str]:
    """Options of a script by the rules of sbatch: only those before the first command count."""
    lines = script.splitlines()
    head = lines[: next(i for i, line in enumerate(lines) if line and line[0] != "#")]
    words = [w for line in head if line.startswith("#SBATCH ") for w in shlex.split(line[8:])]
    assert len(words) == sum(line.startswith("#SBATCH") for line in lines)
    pairs = [word.removeprefix("--").partition("=") for word in words]
    return {name: value for name, _, value in pairs}


def ran(script: str, folder: Path, plan: Plan, **environment: str) -> list[str]:
    """The words that a script starts python with, in a folder that stands for the machine."""
    project, python = folder / "it's metst", folder / "it's metst/python"
    project.mkdir(exist_ok=True)
    python.write_text('#!/bin/bash\nprintf "%s\\n" "$PWD" "$@"\n')
    python.chmod(0o755)
    here = replace(plan, project=project, python=python)
    bash = ["bash", "-c", scripts(here)[script]]
    done = subprocess.run(
        bash,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    place, *words = done.stdout.splitlines()
    assert place == str(project)
    return words


@pytest.mark.parametrize("plan", [PLAN, CPU])
def test_bash_accepts_every_script(plan: Plan) -> None:
    for name, text in scripts(plan).items():
        assert text.startswith("#!/bin/bash\n# casme3: "), name
        assert text.endswith("\n")
        done = subprocess.run(
            ["bash", "-n"], input=text, capture_output=True, text=True, check=True
        )
        assert done.stderr == ""


def test_every_job_asks_for_what_was_wished() -> None:
    for name in JOBS:
        asked = directives(scripts(PLAN)[name])
        assert asked["partition"] == "gpu"
        assert asked["account"] == "lab"
        assert asked["time"] == "1-12:00:00"
        assert asked["mem"] == "16G"
        assert asked["open-mode"] == "append"  # a requeued task goes on in its log
        assert asked["requeue"] == ""
        assert re.fullmatch(r"B:TERM@\d+", asked["signal"])
        assert asked["output"].startswith("/data/my runs/casme3/slurm/logs/")
        assert asked["job-name"] == f"casme3-{name.removesuffix('.sh')}"


def test_gpus_and_cores_go_where_they_are_used() -> None:
    gpu = {name: directives(scripts(PLAN)[name]) for name in JOBS}
    assert [gpu[name].get("gres") for name in JOBS] == [None, "gpu:1", "gpu:1"]
    assert [gpu[name]["cpus-per-task"] for name in JOBS] == ["6", "2", "2"]
    cpu = {name: directives(scripts(CPU)[name]) for name in JOBS}
    assert [cpu[name]["cpus-per-task"] for name in JOBS] == ["6", "2", "6"]
    for asked in cpu.values():
        assert not {"gres", "partition", "account"} & asked.keys()


def test_arrays_have_a_task_per_shard_and_per_fold() -> None:
    arrays = {name: directives(scripts(PLAN)[name]).get("array") for name in JOBS}
    assert arrays == {"extract.sh": "1-8", "folds.sh": "0-93", "pool.sh": None}
    for name in ("extract.sh", "folds.sh"):
        assert "%a" in directives(scripts(PLAN)[name])["output"]


def test_tasks_start_metst_with_their_share(tmp_path: Path) -> None:
    config = ["--config", "/data/my runs/casme3/slurm/experiment.yaml"]
    task = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_CPUS_PER_TASK": "6"}
    words = ran("extract.sh", tmp_path, CPU, **task)
    assert words == [
        *("-m", "metst", "extract", *config, "--shard", "3/8", "--executor.workers", "6")
    ]
    words = ran("folds.sh", tmp_path, CPU, **task)
    assert words == [
        *("-m", "metst", "loso", *config, "--folds", "spNO.4", "--executor.workers", "1")
    ]
    assert ran("pool.sh", tmp_path, CPU)[-2:] == ["--executor.workers", "3"]  # of two threads each
    assert ran("pool.sh", tmp_path, PLAN)[-2:] == ["--executor.workers", "1"]
    small = replace(CPU, options=replace(CPU.options, mem="8000M"))  # enough for two folds
    assert ran("pool.sh", tmp_path, small)[-2:] == ["--executor.workers", "2"]


def test_odd_names_of_subjects_stay_whole(tmp_path: Path) -> None:
    odd = replace(CPU, subjects=["a b", "$HOME", "it's", "*"])
    for number, subject in enumerate(odd.subjects):
        words = ran("folds.sh", tmp_path, odd, SLURM_ARRAY_TASK_ID=str(number))
        assert words[words.index("--folds") + 1] == subject


def test_submitting_makes_each_job_wait_for_the_one_before(tmp_path: Path) -> None:
    """With an sbatch that only prints its arguments, and numbers jobs as a federation does."""
    (tmp_path / "sbatch").write_text(
        "#!/bin/bash\n"
        f'echo "$@" >> {tmp_path}/asked\n'
        f"n=$(wc -l < {tmp_path}/asked)\n"
        'echo "$((40 + n));cluster"\n'
    )
    (tmp_path / "sbatch").chmod(0o755)
    submit = tmp_path / "submit.sh"
    submit.write_text(scripts(PLAN)["submit.sh"])
    path = f"{tmp_path}:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", str(submit)], env={"PATH": path}, capture_output=True, text=True, check=True
    )
    assert (tmp_path / "asked").read_text().splitlines() == [
        "--parsable extract.sh",
        "--parsable --dependency=afterany:41 folds.sh",
        "--parsable --dependency=afterany:42 pool.sh",
    ]
    shown = done.stdout.splitlines()[-1]
    assert shlex.split(shown)[-3:] == ["--config", f"{PLAN.folder}/experiment.yaml", "--status"]
