"""The verbs `predict` and `export`, from the command line to files."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from metst.cli import main, predict
from metst.predict import Analysis, Model, analyze_with
from tests.support.videos import images, write_video


def test_images_and_files_are_predicted_and_the_rest_is_told(
    tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tiny_root / "data" / "spNO.1" / "a" / "color"
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing")
    out = tmp_path / "out"
    words = ["predict", str(folder), str(broken), f"--out={out}", "--overlay", "--page"]
    assert main(words) == 1
    printed = capsys.readouterr().out
    assert "broken.mp4: expected a video" in printed
    left = {path.name for path in (out / "spNO.1-a-color").iterdir()}
    films = {"overlay.mp4", "video.mp4"}
    assert left == {"intervals.csv", "analysis.json", "timeline.png", "page.html", *films}
    reported = json.loads((out / "spNO.1-a-color" / "analysis.json").read_text())
    assert "not for research" in reported["model"]["name"]
    table = pd.read_csv(out / "spNO.1-a-color" / "intervals.csv")
    assert len(table) == len(reported["intervals"])
    assert reported["threshold"] >= reported["model"]["floor"] > 0
    assert (table["threshold"] == reported["threshold"]).all()
    assert f"threshold {reported['threshold']:.3f}" in printed
    assert "p(neutral)" in printed
    assert table["model"].str.contains("not for research").all()


def test_a_fold_is_exported_and_used(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.safetensors"
    run = str(tiny_runs / "demo")
    assert main(["export", run, "--fold=spNO.2", f"--out={file}", "--name=own"]) == 0
    folder = tiny_root / "data" / "spNO.2" / "a" / "color"
    words = ["predict", str(folder), f"--checkpoint={file}", f"--out={tmp_path / 'out'}"]
    assert main(words) == 0
    assert "networks: own" in capsys.readouterr().out


def test_a_floor_above_everything_leaves_nothing(
    tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tiny_root / "data" / "spNO.1" / "a" / "color"
    assert main(["predict", str(folder), f"--out={tmp_path}", "--floor=1"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "0 micro-expressions in 5.0 s, threshold 1.000" in printed
    assert "probably nothing: the highest score is 0." in printed
    reported = json.loads((tmp_path / "spNO.1-a-color" / "analysis.json").read_text())
    assert (reported["threshold"], reported["intervals"]) == (1.0, [])
    assert reported["notes"][-1].startswith("probably nothing")


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["a/x.mp4", "a/../a/x.mp4"], "expected each video once, got a/x.mp4 twice"),
        (["x.mp4", "--fps=0"], "above 0"),
        (["x.mp4", "--fold=a"], "expected a run folder"),
        (["x.mp4", "--no-video"], "expected --page beside it"),
    ],
)
def test_mistakes_are_named(
    words: list[str], printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", *words]) == 2
    assert printed in capsys.readouterr().err


@pytest.fixture(scope="module")
def clip(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film of a face."""
    pictures = images(tiny_root / "data" / "spNO.1" / "a" / "color")[:52]
    return write_video(tmp_path_factory.mktemp("clip") / "clip.avi", pictures, codec="mjpeg")


@pytest.mark.parametrize("name", ["interview-12:30.avi", "-clip.avi", "[red]#1$_$.avi", "采访.avi"])
@pytest.mark.slow
def test_any_name_can_be_given(
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(clip, tmp_path / name)
    assert main(["predict", name, "--out=results", "--overlay"]) == 0
    assert f"{name}: " in capsys.readouterr().out
    left = {path.name for path in (tmp_path / "results" / name.replace(".", "-")).iterdir()}
    assert left == {"intervals.csv", "analysis.json", "timeline.png", "overlay.mp4"}


@pytest.mark.slow
def test_an_interrupted_command_keeps_the_table_of_what_was_finished(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = Path(shutil.copy(clip, tmp_path / "second.avi"))
    words = ["predict", str(clip), str(second), f"--out={tmp_path / 'out'}", "--eaf", "--floor=0"]

    def stop(model: Model, video: Path, fps: float | None) -> Analysis:
        if video == second:
            raise KeyboardInterrupt
        return analyze_with(model, video, fps)

    monkeypatch.setattr(predict, "analyze_with", stop)
    assert main(words) == 130
    assert "interrupted: what was finished is kept" in capsys.readouterr().err
    table = pd.read_csv(tmp_path / "out/predictions.csv")
    assert set(table["video"]) == {"clip"}
    monkeypatch.undo()
    assert main(words) == 0  # the annotation file of the first is as it was written
    assert set(pd.read_csv(tmp_path / "out/predictions.csv")["video"]) == {"clip", "second"}


def test_a_name_behind_two_dashes_is_a_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("--overlay").write_bytes(b"no video")
    assert main(["predict", "--out=results", "--", "--overlay"]) == 1
    assert "--overlay: expected a video" in capsys.readouterr().out
    assert not Path("results").exists()
    assert main(["predict", "-no-such-file.avi"]) == 2
    assert "-no-such-file.avi: expected a video or an option" in capsys.readouterr().err


@pytest.mark.slow
def test_two_videos_of_one_name_keep_their_results(
    clip: Path, tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = images(tiny_root / "data" / "spNO.2" / "a" / "color")[:52]
    for folder in ("1", "2"):
        (tmp_path / folder).mkdir()
    shutil.copy(clip, tmp_path / "1" / "clip.avi")
    write_video(tmp_path / "2" / "clip.avi", other, codec="mjpeg")
    first, second = (str(tmp_path / folder / "clip.avi") for folder in ("1", "2"))
    out = tmp_path / "out"
    assert main(["predict", first, second, f"--out={out}"]) == 0
    left = {path.name for path in out.iterdir()}
    assert left == {"1-clip-avi", "2-clip-avi", "predictions.csv"}
    assert set(pd.read_csv(out / "predictions.csv", dtype=str)["subject"]) == {"1"}
    assert main(["predict", first, f"--out={out}"]) == 0
    before = (out / "clip-avi" / "analysis.json").read_bytes()
    capsys.readouterr()
    assert main(["predict", second, f"--out={out}"]) == 1
    assert "another video" in capsys.readouterr().err
    assert (out / "clip-avi" / "analysis.json").read_bytes() == before
    assert main(["predict", first, f"--out={out}"]) == 0


def test_an_output_place_is_checked_before_anything_runs(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    assert main(["predict", str(clip), f"--out={tmp_path / 'file'}"]) == 1
    captured = capsys.readouterr()
    assert f"{tmp_path / 'file'}: expected a folder for results, found a file" in captured.err
    assert captured.out == ""


@pytest.mark.slow
def test_a_subject_of_the_training_is_named(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video, run = str(tiny_root / "data" / "spNO.1" / "a" / "color"), str(tiny_runs / "demo")
    words = ["predict", video, f"--checkpoint={run}", f"--out={tmp_path}"]
    assert main(words) == 0
    assert "trained on spNO.1" in " ".join(capsys.readouterr().out.split())
    written = json.loads((tmp_path / "spNO.1-a-color" / "analysis.json").read_text())
    assert any("--fold spNO.1" in note for note in written["notes"])
    assert main([*words, "--fold=spNO.1"]) == 0
    assert "trained on" not in capsys.readouterr().out
