"""What a run is computed with, for comparing its numbers or its speed with those of others."""

import hashlib
import importlib.metadata
import platform
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import torch

import metst
from metst.base.executors import usable_cores
from metst.network.scan.backends import choose
from metst.runner.sources import own_sources

PACKAGES = ("torch", "lightning", "numpy", "numba", "opencv-contrib-python-headless")
"""Packages whose versions can change numbers or speed."""


def describe(device: torch.device, threads: int, settings: object) -> dict[str, Any]:
    """Versions, code, processor and device; which scan backend `auto` takes on `device`, and why.

    `threads` is what each fold computes with, `settings` are those of the experiment. Plain values
    for JSON; what this machine does not know is an empty string.
    """
    return {
        **describe_code(settings),
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: version(name) for name in PACKAGES},
        "cpu": _cpu(),
        "cores": usable_cores(),
        "threads": threads,
        "gpu": torch.cuda.get_device_name(device) if device.type == "cuda" else "",
        "scan": asdict(choose("auto", device, torch.float32)),
    }


def describe_code(settings: object) -> dict[str, Any]:
    """Version and digest of metst, and a digest of each module that the settings bring along."""
    return {"metst": metst.__version__, "code": _code(), "own": own_sources(settings)}


@cache
def _code() -> str:
    """Digest of our sources: between two versions they change too."""
    digest = hashlib.sha256()
    for path in sorted(Path(metst.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def version(package: str) -> str:
    """Version of an installed package; empty where it is not there."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _cpu() -> str:
    """Name of the processor; Python knows it only on some systems."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
