"""The note of what a run was computed with."""

import hashlib
import json
import os
import platform
import re
from pathlib import Path

import numpy as np
import torch

from metst.network.scan.backends import choose
from metst.runner.environment import describe, describe_code


def test_every_source_of_the_package_counts() -> None:
    sources = sorted(Path("src/metst").resolve().rglob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    assert describe_code({})["code"] == digest[:12]


def test_it_describes_this_machine() -> None:
    described = json.loads(json.dumps(describe(torch.device("cpu"), 3, {})))
    assert re.fullmatch("[0-9a-f]{12}", described["code"])
    assert described["python"] == platform.python_version()
    assert described["packages"]["numpy"] == np.__version__
    assert torch.__version__.startswith(described["packages"]["torch"].split("+")[0])
    assert described["cpu"]
    assert described["gpu"] == ""
    assert described["cores"] == len(os.sched_getaffinity(0))
    assert described["threads"] == 3
    choice = choose("auto", torch.device("cpu"), torch.float32)
    assert described["scan"] == {"name": choice.name, "why": choice.why}
