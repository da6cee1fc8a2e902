"""How long commands take before they do anything, in units of `python -c "import torch"`.

    python -m experiments.bench.startup                  # makes a run of the tiny demo first
    python -m experiments.bench.startup --run runs/demo

Processor time counts, of a command and all that it waits for: other programs do not change it as
much as the time of a clock. The fastest of some repetitions is taken.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from metst.base.executors import Processes

METST = (sys.executable, "-m", "metst")
EXPERIMENT = ("--config", "experiments/demo.yaml", "--config", "experiments/debug/tiny.yaml")
AT_MOST = {"loso --status": 0.5, "evaluate": 2, "compare": 2, "tables": 2, "report": 2}
SECOND_WORKER = 0.3
"""Goal for the start of the second worker, in units of the first's."""


def main() -> None:
    """Print what each command takes, and what workers do."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, help="a finished run; default: one of the tiny demo")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        run = (options.run or make_run(Path(scratch))).resolve()
        commands = {
            "loso --status": ["loso", *name_of(run), "--status"],
            "evaluate": ["evaluate", run],
            "compare": ["compare", run, run],
            "tables": ["tables", run],
            "report": ["report", run, "--out", Path(scratch, "page.html")],
        }
        unit = fastest([sys.executable, "-c", "import torch"], options.repeats)
        print(f"import torch: {unit:.2f} s of processor time")
        for name, words in commands.items():
            ratio = fastest([*METST, *map(str, words)], options.repeats) / unit
            print(f"{name:<14} {ratio:5.2f} (goal: at most {AT_MOST[name]})")
    first, second = starts()
    ratio = second / first
    print(
        f"second worker  {ratio:5.2f} of the first's {first:.1f} s (goal: at most {SECOND_WORKER})"
    )


def make_run(scratch: Path) -> Path:
    """A finished run of the tiny demo."""
    places = {"data.root": "data", "data.cache": "cache", "loso.runs": "runs"}
    options = [f"--{key}={scratch / name}" for key, name in places.items()]
    command = [*METST, "loso", *EXPERIMENT, *options, "--name=tiny", "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return scratch / "runs" / "tiny"


def name_of(run: Path) -> Sequence[str]:
    """Options of `metst loso` that name a run."""
    return ["--config", str(run / "config.yaml"), f"--loso.runs={run.parent}", f"--name={run.name}"]


def fastest(command: Sequence[str], repeats: int) -> float:
    """Seconds of processor time of a command, after one repetition that warms up."""
    times = []
    for _ in range(repeats + 1):
        before = os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = os.times()
        times.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    return min(times[1:])


def starts() -> tuple[float, float]:
    """Seconds until the first worker begins its job, and from then until the second does."""
    import metst.runner.runner  # noqa: F401 - what workers of folds import, with lightning

    begin = time.monotonic()
    first, second = sorted(o.result or 0.0 for o in Processes(2).run(moment, range(2)))
    return first - begin, second - first


def moment(_: int) -> float:
    """When a worker has begun; it stays, so that the other takes the other job."""
    now = time.monotonic()
    time.sleep(1)
    return now


if __name__ == "__main__":
    main()
