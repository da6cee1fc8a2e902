"""Predictions for annotators: written, corrected, compared, and read as labels."""

from pathlib import Path

import pandas as pd
import pytest

from metst.cli import main
from metst.datasets.folder.dataset import FOLDER
from tests.support.videos import images, write_video


@pytest.mark.slow
def test_corrected_predictions_are_labels(
    tiny_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    pictures = images(tiny_root / "data" / "spNO.1" / "a" / "color")[:60]
    video = write_video(clips / "S1_a.mp4", pictures, 30.0)
    write_video(clips / "S2_b.mp4", pictures[::-1], 30.0)
    videos = [str(path) for path in sorted(clips.iterdir())]
    out = tmp_path / "found"
    words = ["predict", *videos, f"--out={out}", "--floor=0", "--eaf", "--vtt"]
    assert main([*words, "--names={subject}_{video}.mp4"]) == 0
    table = pd.read_csv(out / "predictions.csv")
    assert len(table) > 0
    assert set(zip(table["subject"], table["video"], strict=True)) <= {("S1", "a"), ("S2", "b")}
    place = out / "S1_a-mp4"
    own = table[table["subject"] == "S1"]
    assert (place / "intervals.vtt").read_text().count("-->") == len(own)
    assert len(pd.read_csv(place / "curves.csv")) == 60

    labels = "found/{subject}_{video}-mp4/intervals.eaf"
    settings = {"name": "own", "videos": "clips/{subject}_{video}.mp4", "labels": labels}
    data = FOLDER.configured({"folder": {**settings, "fps": 30.0}})
    read = [e for e in data.annotations(tmp_path).expressions if e.subject == "S1"]
    expected = own[["onset", "apex", "offset"]].sort_values("onset").to_numpy().tolist()
    assert sorted([e.onset, e.apex, e.offset] for e in read) == expected

    assert main(words) == 0  # nothing is corrected yet
    capsys.readouterr()
    assert main(["diff", str(out)]) == 0
    assert capsys.readouterr().out == f"annotations: {2 * len(table)} as they were\n"
    path = place / "intervals.eaf"
    emotion = own["emotion"].iloc[0]
    path.write_text(path.read_text().replace(f">{emotion}<", ">contempt<", 1))
    assert main(["diff", str(out)]) == 0
    assert f"1 renamed, {2 * len(table) - 1} as they were" in capsys.readouterr().out
    assert main(words) == 1
    assert "found one that somebody has corrected" in capsys.readouterr().err
    assert "contempt" in path.read_text()
    assert main(["predict", str(video), f"--out={out}", "--floor=0"]) == 0
    assert "contempt" in path.read_text()
    assert not (place / "intervals.vtt").exists()
    labelled = tmp_path / "labels.csv"
    row = own.iloc[0]
    labelled.write_text(f"subject,video,onset,offset,emotion\nS1,a,{row.onset},{row.offset},\n")
    table.to_csv(out / "all.csv", index=False)
    capsys.readouterr()
    assert main(["evaluate", str(out / "all.csv"), f"--labels={labelled}"]) in (0, 1)
    assert "STRS" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["diff", "callbacks"], "expected results of metst predict --eaf, found none"),
        (["diff", "callbacks", "README.md"], "expected a folder of results, or two .eaf files"),
        (["predict", "x.mp4", "--names={video}.mp4"], "--names: expected a pattern with {subject}"),
        (["predict", "x.mp4", "--names={subject}_*.mp4"], "expected a pattern that fits x.mp4"),
    ],
)
def test_mistakes_are_named(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err
