"""Runs on a Dask cluster: the same results, whether or not its workers see the run folder."""

import logging
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from metst.cli import main
from metst.results.ledger import RunFolder
from metst.runner.arguments import parse
from metst.runner.config import experiment_parser
from metst.runner.runner import Finished, run_loso
from tests.support.dask_cluster import Cluster, cluster_in

pytest.importorskip("distributed", reason="the extra dask is not installed")

pytestmark = pytest.mark.slow

DEMO = ["--config", "experiments/demo.yaml"]
RESULTS = ("results.json", "predictions.csv")


def run(options: list[str], *more: str) -> Finished:
    parser = experiment_parser("metst loso")
    return run_loso(parser, parse(parser, [*DEMO, *options, *more]))


def equal(one: Path, other: Path) -> bool:
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in RESULTS)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with cluster_in(tmp_path / "cluster") as made:
        yield made


def test_a_cluster_of_its_own_changes_no_number(
    tiny: list[str], tiny_runs: Path, tmp_path: Path
) -> None:
    assert not run(tiny, "--name=dask", "--executor.kind=dask", "--executor.workers=2").failed
    assert equal(tiny_runs / "demo", tmp_path / "dask")
    assert not list((tmp_path / "dask").glob(".mark-*"))


def test_workers_that_do_not_see_the_run_folder_send_its_files(
    tiny: list[str],
    tiny_runs: Path,
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("a", "b"):
        cluster.worker(name)
    # A relative run folder is another one in the working directory of a worker.
    experiment = str(Path(DEMO[1]).absolute())
    monkeypatch.setattr(sys.modules[__name__], "DEMO", ["--config", experiment])
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.INFO, "metst")
    options = ("--name=sent", "--loso.runs=.", *cluster.options)
    assert not run(tiny, *options).failed
    assert equal(tiny_runs / "demo", tmp_path / "sent")
    assert files(tmp_path / "sent" / "folds") == files(tiny_runs / "demo" / "folds")
    for subject in ("spNO.1", "spNO.2"):
        assert f"fold {subject} came back by value" in caplog.text


def test_the_fold_of_a_killed_worker_goes_on_on_one_that_joins_late(
    tiny: list[str], cluster: Cluster, tmp_path: Path
) -> None:
    longer = "--trainer.max_epochs=6"
    assert not run(tiny, longer).failed
    folder = RunFolder(tmp_path / "killed")
    first = cluster.worker("a")

    def kill_in_mid_fold() -> None:
        fold = folder.fold("spNO.1")
        while fold.status().epoch < 2:
            time.sleep(0.01)
        first.kill()
        cluster.worker("b")

    killer = threading.Thread(target=kill_in_mid_fold, daemon=True)
    killer.start()
    options = ("--name=killed", *cluster.options)
    assert not run(tiny, longer, *options).failed
    killer.join()
    assert equal(tmp_path / "demo", tmp_path / "killed")
    begun = re.findall(r"training begins after (\d+)", folder.fold("spNO.1").log.read_text())
    assert begun[0] == "0"
    assert int(begun[-1]) >= 1  # the checkpoint of the second epoch may not be there yet


def test_workers_that_do_not_see_the_cache_send_the_features(
    tiny: list[str],
    tiny_cache: Path,
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["extract", *DEMO, *tiny]) == 0
    cluster.worker("a")
    command = ["extract", "--config", str(Path(DEMO[1]).absolute()), *tiny]
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--data.cache=cache", *cluster.options]) == 0
    one, other = (contents(folder) for folder in (tiny_cache, tmp_path / "cache"))
    one = {path: data for path, data in one.items() if path in other}  # other tests have others
    assert len(one) == 4
    assert one == other
    assert not (tmp_path / "cluster" / "a" / "cache").exists()


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file of features below a folder."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.safetensors")}


def files(folder: Path) -> set[Path]:
    """Every file below a folder but locks."""
    paths = folder.rglob("*")
    return {p.relative_to(folder) for p in paths if p.is_file() and p.name != ".lock"}
