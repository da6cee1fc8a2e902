"""What `metst slurm` writes, on a real Slurm of two nodes: a task that is requeued goes on."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from metst.cli import main, slurm
from metst.results.ledger import RunFolder
from tests.runner.slurm.cluster import PACKAGES, ask, cluster, installed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not installed(), reason=f"needs Slurm: apt-get install {PACKAGES}"),
]

DEADLINE = 300.0
"""Seconds that a busy machine may take to come to what is waited for."""

EPOCHS = 4


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with cluster(folder) as environment:
        yield environment


def wait_until(condition: Callable[[], bool], logs: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        printed = {path.name: path.read_text()[-2000:] for path in logs.iterdir()}
        assert time.monotonic() < deadline, printed
        time.sleep(0.1)


def test_a_requeued_fold_goes_on_and_results_are_those_of_one_process(
    nodes: Mapping[str, str], tiny: list[str], tmp_path: Path
) -> None:
    shipped = ["--config", "experiments/demo.yaml", *tiny, f"--trainer.max_epochs={EPOCHS}"]
    assert main(["loso", *shipped]) == 0

    runs, out = tmp_path / "runs of the cluster", tmp_path / "a folder"
    slow = ["--callbacks+=tests.support.slow.Slow", "--callbacks.seconds=0.5"]
    words = [*shipped, f"--loso.runs={runs}", f"--data.cache={tmp_path / 'cache'}", *slow]
    words[words.index("--executor.workers=1")] = "--executor.workers=0"
    asked = ["--cpus=2", "--mem=3G", "--time=10", "--partition=cpu", "--shards=2", f"--out={out}"]
    assert slurm.run([*words, *asked]) == 0
    submitted = ask(nodes, "bash", str(out / "submit.sh"))
    _, folds, pool = re.findall(r"\d+", submitted.splitlines()[0])

    run = RunFolder(runs / "demo")
    fold = run.fold("spNO.1")
    wait_until(lambda: fold.now().state == "running" and fold.status().epoch >= 1, out / "logs")
    assert fold.status().epoch < EPOCHS  # or there is nothing left to go on with
    ask(nodes, "scontrol", "requeue", f"{folds}_0")
    wait_until(lambda: state(nodes, pool) == "COMPLETED", out / "logs")

    begun = re.findall(r"begins after (\d+) of", fold.log.read_text())
    assert [int(epoch) for epoch in begun] == [0, pytest.approx(2, abs=1)]
    assert len(re.findall(r"begins after", run.fold("spNO.2").log.read_text())) == 1
    serial = RunFolder(tmp_path / "demo")
    assert run.results.read_bytes() == serial.results.read_bytes()
    assert run.predictions.read_bytes() == serial.predictions.read_bytes()
    for number in (1, 2):
        printed = (out / "logs" / f"extract-{number}.out").read_text()
        assert "extracting roi_flow of 2 of 2 videos" in printed
    assert "extracting" not in (out / "logs" / "folds-0.out").read_text()
    assert "was complete already" in (out / "logs" / "pool.out").read_text()


def state(nodes: Mapping[str, str], job: str) -> str:
    words = ("squeue", "--noheader", "--states=all", f"--jobs={job}", "--format=%T")
    return ask(nodes, *words).strip()
