"""A disk that is really full: words, nothing old is damaged, and it goes on when there is space."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from metst.cli import main
from metst.cli.main import FAILED, OK
from metst.results.checkpoint import intact
from metst.results.ledger import RunFolder

pytestmark = pytest.mark.slow

DEMO = ["loso", "--config", "experiments/demo.yaml"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, with room for a run's beginning."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", str(place)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_in_words_and_the_run_goes_on_with_space(
    tiny: list[str], small_disk: Path, tiny_runs: Path, capfd: pytest.CaptureFixture
) -> None:
    words = [*DEMO, *tiny, f"--loso.runs={small_disk}"]
    assert main(words) == FAILED
    captured = capfd.readouterr()
    assert "No space left on device" in captured.out + captured.err
    assert "Traceback" not in captured.out + captured.err
    run = RunFolder(small_disk / "demo")
    kept = {p: p.read_bytes() for p in run.path.rglob("last.ckpt") if intact(p)}

    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    assert main(words) == OK
    assert all(p.exists() for p in kept)
    for name in ("results.json", "predictions.csv"):
        assert (run.path / name).read_bytes() == (tiny_runs / "demo" / name).read_bytes()
