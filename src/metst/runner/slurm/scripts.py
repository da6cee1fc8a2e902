"""The text of the scripts: two arrays, a job that pools, and what submits the three.

The first array extracts, a task per shard of the videos; the second trains, a task per fold; the
last job is the whole experiment once more, which finishes what is missing and pools. Each waits for
the end of the one before, failed or not: what a task leaves undone, the next one does.
"""

import shlex
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from metst.runner.remote import FOLD_MEMORY
from metst.runner.slurm.options import SlurmOptions

EXPERIMENT = "experiment.yaml"
"""The configuration that all tasks read, beside the scripts."""

LOGS = "logs"
"""Folder of what the tasks print, beside the scripts."""

WIDTH = 96
"""Columns of a script."""

WARNING_SECONDS = 120
"""How long before its time limit a task gets a signal, s: time for the running epoch to end."""


@dataclass(frozen=True)
class Plan:
    """An experiment to be run on a cluster.

    Attributes:
        name: of the experiment.
        options: what each task asks for.
        folder: of the scripts; absolute.
        project: folder that data modules and relative paths are found from; absolute.
        python: interpreter that metst is installed for.
        subjects: the folds.
        shards: tasks of the extraction.
        threads: CPU threads of a fold.
    """

    name: str
    options: SlurmOptions
    folder: Path
    project: Path
    python: Path
    subjects: Sequence[str]
    shards: int
    threads: int


def scripts(plan: Plan) -> dict[str, str]:
    """Contents of each script, by file name."""
    return {
        "extract.sh": _extract(plan),
        "folds.sh": _folds(plan),
        "pool.sh": _pool(plan),
        "submit.sh": _submit(plan),
    }


def _extract(plan: Plan) -> str:
    about = "features of the videos into the store, a shard per task. Finished videos are kept."
    head = _head(plan, "extract", plan.options.cpus, array=f"1-{plan.shards}")
    shard = f'--shard "$SLURM_ARRAY_TASK_ID/{plan.shards}"'
    workers = '--executor.workers "$SLURM_CPUS_PER_TASK"'
    return _script(plan, about, head, _metst(plan, "extract", shard, workers))


def _folds(plan: Plan) -> str:
    about = (
        "train and test, a fold per task. A fold that is requeued goes on from its last epoch. "
        f"{WARNING_SECONDS} s before its time limit it ends with the running epoch; submitted "
        "again, it goes on from there."
    )
    array = f"0-{len(plan.subjects) - 1}"
    head = _head(plan, "folds", plan.threads, array=array, gpus=plan.options.gpus)
    names = _filled(shlex.join(plan.subjects), "    ")
    fold = '--folds "${SUBJECTS[$SLURM_ARRAY_TASK_ID]}"'
    command = _metst(plan, "loso", fold, "--executor.workers 1")
    return _script(plan, about, head, f"SUBJECTS=(\n{names}\n)\n{command}")


def _pool(plan: Plan) -> str:
    about = "finish what the folds left, if anything, and pool all of them."
    # On a GPU one fold after the other: how many fit is known there and not here.
    fits = min(plan.options.cpus // plan.threads, plan.options.memory // FOLD_MEMORY)
    workers = 1 if plan.options.gpus else max(1, fits)
    head = _head(plan, "pool", workers * plan.threads, gpus=plan.options.gpus)
    return _script(plan, about, head, _metst(plan, "loso", f"--executor.workers {workers}"))


def _submit(plan: Plan) -> str:
    status = " ".join([*_words(plan, "loso"), "--status"])
    return f"""\
#!/bin/bash
# {plan.name}: submit extraction, folds and pooling; each waits for the end of the one before.
# Submitted again, they go on where they stopped.
set -euo pipefail
cd "$(dirname "$0")"

extract=$(sbatch --parsable extract.sh)
folds=$(sbatch --parsable --dependency="afterany:${{extract%;*}}" folds.sh)
pool=$(sbatch --parsable --dependency="afterany:${{folds%;*}}" pool.sh)

echo "submitted: extraction $extract, folds $folds, pooling $pool"
cat <<'END'
how far the folds are:
  cd {shlex.quote(str(plan.project))} && {status}
END
"""


def _script(plan: Plan, about: str, head: Sequence[str], command: str) -> str:
    lines = ["#!/bin/bash", _filled(f"{plan.name}: {about}", "# "), *head, "", "set -eu"]
    return "\n".join([*lines, f"cd {shlex.quote(str(plan.project))}", command, ""])


def _head(plan: Plan, job: str, cpus: int, array: str | None = None, gpus: int = 0) -> list[str]:
    """The options of a job, as sbatch reads them."""
    log = f"{job}-%a.out" if array else f"{job}.out"
    values = {
        "job-name": f"{plan.name}-{job}",
        "array": array,
        "partition": plan.options.partition,
        "account": plan.options.account,
        "time": plan.options.time,
        "cpus-per-task": cpus,
        "mem": plan.options.mem,
        "gres": f"gpu:{gpus}" if gpus else None,
        "signal": f"B:TERM@{WARNING_SECONDS}",
        "output": plan.folder / LOGS / log,
        "open-mode": "append",
    }
    given = [f"--{name}={shlex.quote(str(v))}" for name, v in values.items() if v is not None]
    return [f"#SBATCH {option}" for option in [*given, "--requeue"]]


def _metst(plan: Plan, verb: str, *options: str) -> str:
    """A verb in place of the shell, so that the cluster's signals reach it."""
    return "exec " + " \\\n    ".join([*_words(plan, verb), *options])


def _words(plan: Plan, verb: str) -> tuple[str, str]:
    config = shlex.quote(str(plan.folder / EXPERIMENT))
    return f"{shlex.quote(str(plan.python))} -m metst {verb}", f"--config {config}"


def _filled(text: str, indent: str) -> str:
    """Text in lines of one indent."""
    indents = {"initial_indent": indent, "subsequent_indent": indent}
    return textwrap.fill(text, WIDTH, **indents, break_long_words=False, break_on_hyphens=False)  # type: ignore[arg-type]
