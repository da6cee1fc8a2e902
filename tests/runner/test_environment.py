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


def test_it_tells_what_this_machine_is() -> None:
    told = json.loads(json.dumps(describe(torch.device("cpu"), 3, {})))
    assert re.fullmatch("[0-9a-f]{12}", told["code"])
    assert told["python"] == platform.python_version()
    assert told["packages"]["numpy"] == np.__version__
    assert torch.__version__.startswith(told["packages"]["torch"].split("+")[0])
    assert told["cpu"]
    assert told["gpu"] == ""
    assert told["cores"] == len(os.sched_getaffinity(0))
    assert told["threads"] == 3
    choice = choose("auto", torch.device("cpu"), torch.float32)
    assert told["scan"] == {"name": choice.name, "why": choice.why}
