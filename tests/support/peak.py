"""How much memory a call takes at its peak."""

from collections.abc import Callable
from pathlib import Path

import pytest

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak(call: Callable[[], object]) -> int:
    """Bytes by which this process grows at most; the test is skipped where nothing counts them."""
    try:
        RESET.write_text("5")  # the highest so far is what there is now
        before = _highest()
        call()
        return _highest() - before
    except OSError:
        pytest.skip("the system does not count the highest memory of a process anew")


def _highest() -> int:
    (line,) = (one for one in STATUS.read_text().splitlines() if one.startswith("VmHWM"))
    return 1024 * int(line.split()[1])
