"""The log of a fold: what its thread logs, with times, and nothing else on the console."""

import logging
import re
import threading
import warnings
from pathlib import Path

import pytest

from metst.runner.fold_log import fold_log

LIGHTNING = logging.getLogger("lightning.pytorch")


def test_it_holds_what_metst_lightning_and_warnings_say(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "folds" / "a" / "fold.log"
    handlers, propagate = list(LIGHTNING.handlers), LIGHTNING.propagate
    for attempt in ("first", "second"):
        with caplog.at_level(logging.INFO, "metst"), fold_log(path) as logger:
            logging.getLogger("metst.anything").info("metst, %s", attempt)
            logging.getLogger("lightning.pytorch.anything").info("lightning, %s", attempt)
            warnings.warn(f"a warning, {attempt}", stacklevel=1)
            logger.info("for the file alone, %s", attempt)
            other = threading.Thread(target=logging.getLogger("metst").info, args=["other fold"])
            other.start()
            other.join()
    assert (list(LIGHTNING.handlers), LIGHTNING.propagate) == (handlers, propagate)
    logging.getLogger("metst").warning("afterwards")
    lines = [x for x in path.read_text().splitlines() if re.match(r"\d{4}-\d\d-\d\d \d\d:", x)]
    message = ("metst", "lightning", "a warning", "for the file alone")
    for attempt, logged in zip(("first", "second"), (lines[:4], lines[4:]), strict=True):
        assert all(f"{part}, {attempt}" in x for part, x in zip(message, logged, strict=True))
    assert "metst, first" in caplog.text
    assert "for the file alone" not in caplog.text
    assert "lightning, first" not in caplog.text


def test_a_full_disk_does_not_end_what_is_logged(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    link = tmp_path / "fold.log"
    link.symlink_to(full)
    with fold_log(link) as logger:
        logger.info("lost")
    assert capfd.readouterr().err == ""
