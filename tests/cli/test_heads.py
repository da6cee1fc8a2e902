"""`metst heads`: the options reach the maker, and a killed command goes on where it was."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from metst.cli import main
from metst.datasets.heads.folder import is_complete
from metst.datasets.heads.maker import generate
from tests.support.heads import TINY, WORDS, contents

pytestmark = pytest.mark.slow


def test_the_options_reach_the_set(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "set"
    words = ["heads", "--root", str(root), "--workers=1", *WORDS]
    assert main(words) == 0
    assert is_complete(root, TINY)
    assert main([*words, "--heads.knobs.noise=3"]) == 1
    assert "knobs.noise" in capfd.readouterr().err
    assert main(["check", "heads", "--root", str(root)]) == 0


def test_killed_and_given_again_it_makes_the_same_bytes(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    generate(whole, TINY, workers=1)
    words = ["heads", "--root", str(killed), "--workers=2", *WORDS]
    with subprocess.Popen([sys.executable, "-m", "metst", *words]) as process:
        deadline = time.monotonic() + 120
        while not any(killed.glob(".unfinished/*/color/9.jpg")) and time.monotonic() < deadline:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
    assert not is_complete(killed, TINY)
    assert "made" not in json.loads((killed / "heads.json").read_text())
    assert main(words) == 0
    assert contents(killed) == contents(whole)
