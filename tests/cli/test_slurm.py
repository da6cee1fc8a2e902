"""`metst slurm`: which folds and shards, what is refused; `metst extract --shard`."""

import re
from pathlib import Path

import pytest
import yaml

from metst.base.errors import ConfigError, DataError
from metst.cli import extract, slurm
from metst.results.changes import difference
from metst.runner.config import experiment_parser, to_yaml
from tests.support.label_tables import casme3_me

DEMO = ["--config", "experiments/demo.yaml"]


def casme3(root: Path) -> list[str]:
    """CAS(ME)^3 with empty folders for videos: three of one subject, one of another."""
    casme3_me(root / "labels.xlsx", [("spNO.2", "a", 20, 25, 34, "12", "VI", "happy")])
    for video in ("spNO.10/a", "spNO.2/a", "spNO.2/b", "spNO.2/c"):
        folder = root / "data" / video / "color"
        folder.mkdir(parents=True)
        (folder / "1.jpg").write_bytes(b"an image")
    places = {"data.root": root, "data.cache": root / "cache", "loso.runs": root / "runs"}
    return [
        *("--config", "experiments/casme3.yaml"),
        *(f"--{name}={place}" for name, place in places.items()),
    ]


def test_before_extraction_folds_are_the_subjects_that_have_videos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = casme3(tmp_path)
    assert slurm.run([*words, "--gpus=1", "--model.lr=3e-4"]) == 0
    folder = tmp_path / "runs" / "casme3" / "slurm"
    message = capsys.readouterr().out
    assert "2 folds and 4 shards" in message  # not the eight that are the default: 4 videos
    assert f"bash {folder}/submit.sh" in message
    assert re.search(r"SUBJECTS=\(\s*spNO\.2 spNO\.10\s*\)", (folder / "folds.sh").read_text())
    assert (folder / "logs").is_dir()  # sbatch does not make it

    parser = experiment_parser("metst loso")
    asked = to_yaml(parser, parser.parse_args([*words, "--model.lr=3e-4"]))
    written = (folder / "experiment.yaml").read_text()
    assert difference(yaml.safe_load(asked), yaml.safe_load(written)) == ""
    before = {path: path.read_bytes() for path in folder.glob("*.*")}
    assert slurm.run([*words, "--gpus=1", "--model.lr=3e-4"]) == 0
    assert before == {path: path.read_bytes() for path in folder.glob("*.*")}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--gpus=1"], "gpus: expected 0, since trainer.accelerator is cpu"),
        (["--executor.workers=2"], "executor: expected its defaults"),
        (["--gpus=2"], "gpus: expected one of 0, 1, got 2"),
        (["--cpus=0"], "cpus: expected a number >0, got 0"),
        (["--mem=lots"], "mem: expected a size such as 8G"),
        (["--shrads=2"], "unknown key 'shrads'; did you mean shards"),
    ],
)
def test_contradictions_are_refused_before_anything_is_written(
    words: list[str], message: str, tmp_path: Path
) -> None:
    places = [f"--data.root={tmp_path / 'data'}", f"--loso.runs={tmp_path / 'runs'}"]
    with pytest.raises(ConfigError, match=re.escape(message)):
        slurm.run([*DEMO, *places, *words])
    assert list(tmp_path.iterdir()) == []


def test_without_the_data_there_are_no_folds_to_write(tmp_path: Path) -> None:
    words = ["--config", "experiments/casme3.yaml", f"--loso.runs={tmp_path / 'runs'}"]
    with pytest.raises(DataError, match="request part A at http"):
        slurm.run([*words, f"--data.root={tmp_path / 'nothing'}"])


def test_shards_of_the_extraction_are_all_videos_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*casme3(tmp_path), "--explain"]

    def videos(*shard: str) -> list[str]:
        assert extract.run([*words, *shard]) == 0
        message = capsys.readouterr().out.splitlines()
        return [line.split(": ")[0] for line in message[:-1]]

    parts = [videos("--shard", f"{number}/3") for number in (1, 2, 3)]
    assert sorted(len(part) for part in parts) == [1, 1, 2]
    assert sorted(video for part in parts for video in part) == sorted(videos())
    assert extract.run([*words, "--shard=5/5"]) == 0
    assert "shard 5/5 has no videos" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="such as 3/8, got '4/3'"):
        extract.run([*words, "--shard=4/3"])
