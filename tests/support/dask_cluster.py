"""A Dask cluster of single processes, which tests can kill one by one."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0


class Cluster:
    """A scheduler on the loopback interface, and workers in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start("scheduler", "--port=0", "--no-dashboard")
        self.address = self.printed("scheduler", r"Scheduler at:\s+(tcp://\S+)")

    @property
    def options(self) -> tuple[str, str]:
        """What makes a run use it."""
        return "--executor.workers=0", f"--executor.scheduler={self.address}"

    def start(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        """Start `dask scheduler`, or a worker where the name is another."""
        home = self.folder / name
        home.mkdir(parents=True)
        command = "dask_scheduler" if name == "scheduler" else "dask_worker"
        program = [sys.executable, "-m", f"distributed.cli.{command}", "--host=127.0.0.1", *options]
        with (home / "printed").open("wb") as printed:
            environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "OMP_NUM_THREADS": "1"}
            process = subprocess.Popen(
                program, cwd=home, env=environment, stdout=printed, stderr=subprocess.STDOUT
            )
        self.processes.append(process)
        return process

    def worker(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        """A worker without a nanny: where it is killed, nobody starts another."""
        home = f"--local-directory={self.folder / name}"
        options = (self.address, "--no-nanny", "--nthreads=1", "--no-dashboard", home, *options)
        return self.start(name, *options)

    def printed(self, name: str, pattern: str) -> str:
        """What a process prints, when it has printed it."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            found = re.search(pattern, (self.folder / name / "printed").read_text())
            if found:
                return found[1]
            time.sleep(0.1)
        raise TimeoutError((self.folder / name / "printed").read_text())

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster]:
    """A scheduler without workers; everything is killed in the end."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.stop()
