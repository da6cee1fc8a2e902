"""The verbs `predict` and `export`, from the command line to files."""

import json
from pathlib import Path

import pandas as pd
import pytest

from metst.cli import main


def test_images_and_files_are_predicted_and_the_rest_is_told(
    tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tiny_root / "data" / "spNO.1" / "a" / "color"
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing")
    out = tmp_path / "out"
    assert main(["predict", str(folder), str(broken), f"--out={out}", "--overlay"]) == 1
    printed = capsys.readouterr().out
    assert "broken.mp4: expected a video" in printed
    left = {path.name for path in (out / "spNO.1-a-color").iterdir()}
    assert left == {"intervals.csv", "analysis.json", "timeline.png", "overlay.mp4"}
    told = json.loads((out / "spNO.1-a-color" / "analysis.json").read_text())
    assert "not for research" in told["model"]["name"]
    table = pd.read_csv(out / "spNO.1-a-color" / "intervals.csv")
    assert len(table) == len(told["intervals"])
    assert table["model"].str.contains("not for research").all()


def test_a_fold_is_exported_and_used(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.safetensors"
    run = str(tiny_runs / "demo")
    assert main(["export", run, "--fold=spNO.2", f"--out={file}", "--name=mine"]) == 0
    folder = tiny_root / "data" / "spNO.2" / "a" / "color"
    words = ["predict", str(folder), f"--checkpoint={file}", f"--out={tmp_path / 'out'}"]
    assert main(words) == 0
    assert "networks: mine" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a/x.mp4", "b/x.mp4"], "two videos are called x.mp4"),
        (["x.mp4", "--fps=0"], "above 0"),
        (["x.mp4", "--fold=a"], "expected a run folder"),
    ],
)
def test_mistakes_are_told(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", *words]) == 2
    assert said in capsys.readouterr().err
