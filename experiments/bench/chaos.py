"""Kill a run again and again: what it leaves must be what an undisturbed run leaves.

    python -m experiments.bench.chaos --kills 20 --seed 1       # the demo, extraction included
    python -m experiments.bench.chaos --kills 3 --small         # a tiny one, in a minute
    python -m experiments.bench.chaos --flips                   # also flips bits between restarts

Each kill is `kill -9` of the whole process group, and the same command is given again. It comes
after a random number of finished steps (videos measured, epochs trained) and a random part of the
next one; where so many are finished already, it hits a run that is starting. The last kill waits
for the pooling. With --flips, a bit is flipped after each kill in a checkpoint of an unfinished
fold and in a file of the feature store; the next run must log both. The exit code is 0 only if
results.json, predictions.csv and all tensors of all checkpoints are those of a run that nobody
disturbed.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils._pytree import tree_leaves

from metst.base.executors import usable_cores
from metst.datasets.demo.maker import generate
from metst.datasets.demo.options import DemoOptions
from metst.results.ledger import RunFolder

SMALL = DemoOptions(subjects=2, videos=2, frames=150, size=200, seed=3)
SMALL_WORDS = (
    "--data.batch_size=4",
    "--model.network.width=8",
    "--model.network.depth=2",
    "--model.network.state=4",
    "--trainer.max_epochs=6",
)

LOG_SHOWN = 4000
"""Characters of a run's output that are shown when something is wrong."""

LOOK_SECONDS = 0.02
"""How often a run is looked at."""


class Place:
    """The demo experiment in a folder of its own.

    Args:
        folder: made; for the feature store, the run folder and all output.
        data: folder of the demo data.
        options: of the demo data.
        words: more options of the experiment.
    """

    def __init__(self, folder: Path, data: Path, options: DemoOptions, words: list[str]) -> None:
        folder.mkdir()
        self.folder, self.data, self.options, self.words = folder, data, options, words
        self.log = folder / "output.log"
        self.log.touch()
        self.run = RunFolder(folder / "runs" / "demo")
        self.folds = {subject: self.run.fold(subject) for subject in options.subject_names}
        self.groups: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """Give the command, in a process group of its own."""
        settings = {
            "data.root": self.data,
            "data.cache": self.folder / "cache",
            "loso.runs": self.folder / "runs",
            **{f"data.demo.{name}": value for name, value in asdict(self.options).items()},
        }
        command = [sys.executable, "-m", "metst", "loso", "--config", "experiments/demo.yaml"]
        command += [*(f"--{name}={value}" for name, value in settings.items()), *self.words]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.groups.append(process)
        return process

    def end(self) -> None:
        """Leave nothing running."""
        for process in self.groups:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)

    def entries(self) -> list[Path]:
        """Files of the feature store."""
        return sorted((self.folder / "cache").rglob("*.safetensors"))

    def steps(self) -> int:
        """Work that is finished: videos and epochs."""
        return len(self.entries()) + sum(fold.status().epoch for fold in self.folds.values())

    def phase(self) -> str:
        """What was being done when the last process died."""
        states = [fold.status() for fold in self.folds.values()]
        if all(fold.done for fold in self.folds.values()):
            return "pooling"
        epochs = [f"epoch {state.epoch}" for state in states if state.state == "running"]
        return f"{len(self.entries())} videos extracted; training: {', '.join(epochs) or 'none'}"


@dataclass(frozen=True)
class Pace:
    """How an undisturbed run goes, s.

    Attributes:
        start: until its first step is finished.
        steps: number of steps but for the pooling.
        step: of one, on average.
        pooling: from the last step to the end.
    """

    start: float
    steps: int
    step: float
    pooling: float


def undisturbed(place: Place) -> Pace:
    """Run to the end and note when steps were finished."""
    start = time.monotonic()
    reached = {0: 0.0}
    process = place.start()
    while process.poll() is None:
        reached.setdefault(place.steps(), time.monotonic() - start)
        time.sleep(LOOK_SECONDS)
    seconds = time.monotonic() - start
    if process.returncode or len(reached) < 2:
        sys.exit(f"the undisturbed run failed; see {place.log}")
    (_, _), (_, first), *_ = reached.items()
    steps, last = max(reached.items())
    print(f"undisturbed: {seconds:.1f} s, {steps} steps, pooling {seconds - last:.1f} s")
    return Pace(first, steps, (last - first) / max(1, steps - 1), seconds - last)


def wait_for(place: Place, process: subprocess.Popen[bytes], step: int, delay: float) -> bool:
    """Wait until so many steps are finished, and a moment more; False if the run ended first."""
    while process.poll() is None and place.steps() < step:
        time.sleep(LOOK_SECONDS)
    with suppress(subprocess.TimeoutExpired):
        process.wait(delay)
    return process.poll() is None


def kill(
    place: Place, pace: Pace, kills: int, rng: np.random.Generator, *, flips: bool
) -> list[str]:
    """Kill the run at random moments and start it again; returns what went wrong."""
    flipped: list[Flip] = []
    # The pooling is too short to be met by chance: the last kill waits for it.
    steps = [*sorted(rng.integers(0, pace.steps, kills - 1).tolist()), pace.steps]
    for number, step in enumerate(steps, 1):
        longest = pace.start if place.steps() >= step else pace.step
        process = place.start()
        delay = rng.uniform(0, pace.pooling if step == pace.steps else longest)
        running = wait_for(place, process, step, delay)
        if running:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        print(f"kill {number:3}   {place.phase() if running else 'too late'}", flush=True)
        if flips:
            unlogged = {flip.path for flip in flipped if not flip.logged()}
            flipped += flip_bits(place, unlogged, rng)
    if place.start().wait():
        return [f"the last run failed; see {place.log}"]
    wrong = [f"damage was not logged: {flip.path}" for flip in flipped if not flip.logged()]
    print(f"files with a flipped bit: {len(flipped)}, logged: {len(flipped) - len(wrong)}")
    return wrong


@dataclass(frozen=True)
class Flip:
    """A file with a wrong bit.

    Attributes:
        log: file that must name it as damaged.
        since: length of that file before.
    """

    path: Path
    log: Path
    since: int

    def logged(self) -> bool:
        """Whether the damage was logged."""
        lines = self.log.read_bytes()[self.since :].decode(errors="replace").splitlines()
        return any(str(self.path) in line and "damaged" in line for line in lines)


def flip_bits(place: Place, known: set[Path], rng: np.random.Generator) -> Iterator[Flip]:
    """Flip a bit in a checkpoint that will be read again, and one in the feature store."""
    folds = [fold for fold in place.folds.values() if not fold.done and fold.checkpoint.exists()]
    logs = {fold.checkpoint: fold.log for fold in folds}
    entries = dict.fromkeys(place.entries(), place.log)
    for files in (logs, entries):
        fresh = [path for path in files if path not in known]  # a second flip could undo the first
        if fresh:
            path = fresh[rng.integers(len(fresh))]
            data = bytearray(path.read_bytes())
            data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
            yield Flip(path, files[path], files[path].stat().st_size)
            path.write_bytes(data)


def compare(one: Place, other: Place) -> list[str]:
    """Files that differ, after a table of all that are compared."""
    equal = {
        name: (one.run.path / name).read_bytes() == (other.run.path / name).read_bytes()
        for name in ("results.json", "predictions.csv", "annotations.csv")
    }
    for subject, fold in one.folds.items():
        pair = [tensors(f.checkpoint) for f in (fold, other.folds[subject])]
        same = len(pair[0]) == len(pair[1]) > 0 and all(map(torch.equal, *pair))
        equal[f"{subject}: {len(pair[0])} tensors of {fold.checkpoint.name}"] = same
    for name, same in equal.items():
        print(f"  {'equal' if same else 'DIFFERENT':10} {name}")
    return [f"{name} differs" for name, same in equal.items() if not same]


def tensors(checkpoint: Path) -> list[torch.Tensor]:
    """All tensors of a checkpoint: weights, optimizer, random generators."""
    leaves = tree_leaves(torch.load(checkpoint, weights_only=True))
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]


def main() -> int:
    """Run undisturbed and disturbed, compare; 0 if all is equal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true", help="two subjects, a few epochs")
    parser.add_argument("--workers", type=int, default=2, help="processes of a run")
    parser.add_argument("--flips", action="store_true", help="flip bits between restarts")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    options = SMALL if args.small else DemoOptions()
    words = [*(SMALL_WORDS if args.small else ()), f"--executor.workers={args.workers}"]
    rng = np.random.default_rng(args.seed)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        generate(folder / "data", options, usable_cores())
        plain = Place(folder / "plain", folder / "data", options, words)
        killed = Place(folder / "killed", folder / "data", options, words)
        try:
            wrong = kill(killed, undisturbed(plain), args.kills, rng, flips=args.flips)
            wrong = wrong or compare(plain, killed)
        finally:
            plain.end()
            killed.end()
        if wrong:
            print(killed.log.read_text()[-LOG_SHOWN:])
    print("\n".join([*wrong, "NOT EQUAL" if wrong else "all equal"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
