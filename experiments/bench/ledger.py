"""How long the run folder's own work takes, for the largest runs there are.

    python -m experiments.bench.ledger                     # 100 subjects, 1300 videos

What is timed is all that a run does besides computing: the table of `--status`, and what a resumed
run reads before its first fold (configuration, digests of the data, states of the folds).
"""

import argparse
import io
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console

from metst.features.cache import Entry, FlowCache, FlowSpec
from metst.results.ledger import RunFolder
from metst.runner.overview import overview
from metst.runner.selection import Selection

SPEC = FlowSpec("bench", 50, 1)
EPOCHS = 30


def main() -> None:
    """Print the time of each operation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=100)
    parser.add_argument("--videos", type=int, default=1300, help="of all subjects together")
    options = parser.parse_args()
    videos = [(f"{i % options.subjects:03}", str(i)) for i in range(options.videos)]
    with tempfile.TemporaryDirectory() as folder:
        run, cache = RunFolder(Path(folder) / "run"), FlowCache(Path(folder) / "cache")
        _timed("making the folder", lambda: _make(run, cache, videos))
        _timed("--status", lambda: Console(file=io.StringIO(), width=120).print(overview(run)))
        _timed("resume scan", lambda: _resume(run, cache, videos))
        tracemalloc.start()  # slows things down
        _resume(run, cache, videos)
        used = tracemalloc.get_traced_memory()[1]
        print(f"{'memory of the resume scan':<30} {used / 2**20:8.1f} MiB")


def _make(run: RunFolder, cache: FlowCache, videos: list[tuple[str, str]]) -> None:
    """A run with half of its folds done, and flow of one window per video."""
    window, numbers = np.zeros((1, 10, 50), np.float32), np.zeros(1, np.int64)
    entry = Entry(window, numbers, numbers, np.zeros((1, 4), np.int64), frames=50)
    for subject, video in videos:
        cache.write(SPEC, subject, video, entry)
    subjects = sorted({subject for subject, _ in videos})
    run.open("seed: 1\n")
    run.check_data(_identity(cache, videos), subjects)
    for number, subject in enumerate(subjects):
        fold = run.fold(subject)
        with fold.lock.taken():
            fold.begin(EPOCHS)
            if number % 2:
                fold.predictions.write_text("")
                fold.finish()


def _resume(run: RunFolder, cache: FlowCache, videos: list[tuple[str, str]]) -> list[str]:
    """The folds that are left, after the checks that a run begins with."""
    with run.lock.awaited("opening"), run.used():
        run.open("seed: 1\n")
        run.check_data(_identity(cache, videos), run.subjects())
        return [s for s in Selection().of(run, run.subjects()) if not run.fold(s).done]


def _identity(cache: FlowCache, videos: list[tuple[str, str]]) -> dict[str, str]:
    return {f"flow of {s}/{v}": cache.checksum(SPEC, s, v) for s, v in videos}


def _timed(what: str, work: Callable[[], object]) -> None:
    start = time.perf_counter()
    work()
    print(f"{what:<30} {(time.perf_counter() - start) * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
