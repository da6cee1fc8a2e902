"""`metst doctor`: what works on this machine, and what to do about what does not."""

import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch
from jsonargparse import ArgumentParser
from rich.table import Table
from rich.text import Text

from metst.base.errors import BackendError
from metst.base.executors import usable_cores
from metst.base.terminal import grid
from metst.cli._tables import console
from metst.runner.arguments import parse
from metst.runner.environment import version

GIBIBYTE = 2**30
LEAST_FREE = 5 * GIBIBYTE
"""Space below which a warning is due: flow and checkpoints of CAS(ME)^3 take about 2 GiB."""

Finding = tuple[bool, str]
"""Whether it works, and what there is or what to do."""


def run(arguments: Sequence[str]) -> int:
    """Check the machine; 1 if something that every run needs does not work."""
    parser = ArgumentParser(prog="metst doctor", exit_on_error=False, allow_abbrev=False)
    parser.add_argument(
        "--config", type=Path | None, help="experiment whose network over flow is counted"
    )
    config = parse(parser, arguments)
    needed = {
        "python": (True, f"{platform.python_version()}, {usable_cores()} usable cores"),
        "torch": (True, f"{torch.__version__}, {torch.get_num_threads()} threads"),
        "opencv": _opencv(),
        "faces, mesh": _faces("mesh"),
        "free disk": _disk(),
    }
    console().print(_table({**needed, **dict(_optional())}))
    if config.config:
        from metst.cli._size import size_table  # imports the systems, which nothing else needs

        console().print(size_table(config.config))
    return 0 if all(works for works, _ in needed.values()) else 1


def _table(findings: Mapping[str, Finding]) -> Table:
    table = grid("What works here")
    for column in ("", "works", "what, or what to do"):
        table.add_column(column, overflow="fold")
    for name, (works, what) in findings.items():
        cells = (name, "yes" if works else "no", what)
        # Text: brackets in advice and paths are no markup.
        table.add_row(*map(Text, cells), style="" if works else "yellow")
    return table


def _opencv() -> Finding:
    """Two OpenCV packages write into one folder and break each other."""
    names = ("opencv-python", "opencv-contrib-python", "opencv-python-headless")
    if others := [name for name in names if version(name)]:
        again = "pip install --force-reinstall --no-deps opencv-contrib-python-headless"
        return False, f"two OpenCV packages: pip uninstall {' '.join(others)}; {again}"
    return True, version("opencv-contrib-python-headless") or "not installed: make install"


def _faces(detector: str) -> Finding:
    """Whether a detector of faces works."""
    from metst.video.detectors import face_detector

    found = face_detector(detector)
    try:
        found.detect(torch.zeros(64, 64, dtype=torch.uint8).numpy())
    except BackendError as error:
        return False, str(error)
    return True, found.name


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    what = f"{free / GIBIBYTE:.0f} GiB free in {Path.cwd()}"
    return free >= LEAST_FREE, what


def _optional() -> Iterator[tuple[str, Finding]]:
    """What makes runs faster or equal to the release, but is not needed."""
    from metst.network.scan import probe

    cuda = torch.cuda.is_available()
    name = torch.cuda.get_device_name() if cuda else "no device: training runs on the CPU"
    yield "faces, dlib (released)", _faces("dlib")
    yield "CUDA", (cuda, name)
    yield "wandb", _wandb()
    for device in (torch.device("cpu"), *([torch.device("cuda")] if cuda else [])):
        probes = probe(device)
        slowest = max((p.seconds for p in probes if p.seconds), default=0.0)
        for found in probes:
            ratio = slowest / found.seconds if found.seconds else 0.0
            what = f"{ratio:.1f} times the slowest" if found.works else found.why
            yield f"scan {found.name} on {device.type}", (found.works, what)


def _wandb() -> Finding:
    """Whether runs can be logged to wandb; none is unless asked to."""
    if not (found := version("wandb")):
        advice = "pip install 'metst[wandb]'"
        return False, f"not installed: only --wandb.mode offline and online need it; {advice}"
    mode = os.environ.get("WANDB_MODE")
    limit = f", at most what WANDB_MODE={mode} allows" if mode else ""
    return True, f"{found}; runs are logged only where --wandb.mode asks for it{limit}"
