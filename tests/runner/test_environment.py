"""The note of what a run was computed with."""

import json
import os
import platform
import re

import numpy as np
import torch

from metst.network.scan.backends import choose
from metst.runner.environment import describe


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
