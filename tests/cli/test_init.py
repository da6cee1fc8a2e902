"""A folder of one's own, from its files to the report without a line of Python."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from metst.cli import main
from metst.datasets.demo.dataset import DEMO
from metst.datasets.folder.dataset import FOLDER
from metst.datasets.folder.options import FolderOptions
from tests.support.elan import EAF
from tests.support.folders import JPEG
from tests.support.runs import CALLBACKS
from tests.support.videos import images, numbered, write_video

FPS = 25.0
README = Path("README.md").read_text()
COMPACT = Path("experiments/systems/compact.yaml").read_text()
SMALL = {"width": 8, "depth": 2, "state": 4}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the data modules and callbacks."""
    for name in ("datamodules", "callbacks"):
        (tmp_path / name).symlink_to(Path(name).resolve())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _study(root: Path, demo: Path) -> Path:
    """The videos of the demo as mp4 files at 25 frames/s, and a table in seconds."""
    rows = ["Participant,Clip,Start (s),Peak (s),End (s),Type,Emotion"]
    (root / "clips").mkdir(parents=True)
    for e in DEMO.annotations(demo).of_kind("micro"):
        number = e.subject.rsplit(".", 1)[1]
        times = (f"{(n - 1) / FPS:.3f}" for n in (e.onset, e.apex or e.onset, e.offset))
        rows.append(",".join((number, e.video, *times, "ME", e.label)))
        pictures = images(DEMO.images(demo, e.subject, e.video))
        write_video(root / "clips" / f"{number.zfill(3)}_{e.video}.mp4", pictures, FPS)
    (root / "coding.csv").write_text("\n".join(rows))
    return root


@pytest.mark.slow
def test_from_videos_and_a_table_to_the_report(
    elsewhere: Path, tiny_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = _study(elsewhere / "my study", tiny_root)
    assert main(["init", str(study)]) == 0
    printed = capsys.readouterr().out
    assert "clips/{subject}_{video}.mp4: 4 videos of 2 subjects" in printed
    assert "labels: coding.csv, in seconds; 4 of 4 rows belong to a video" in printed
    experiment = ["--config", "my-study.yaml"]
    assert main(["check", *experiment, "--json"]) == 0
    reported = json.loads(capsys.readouterr().out)
    assert reported["usable"]["strict"] == {"subjects": 2, "videos": 4, "samples": 4}
    network = [f"--model.network.{key}={value}" for key, value in SMALL.items()]
    quick = [
        "--trainer.max_epochs=1",
        "--executor.kind=serial",
        f"--callbacks={json.dumps(CALLBACKS)}",
    ]
    assert main(["loso", "-q", *experiment, *network, *quick]) == 0
    run = elsewhere / "runs" / "my-study"
    results = json.loads((run / "results.json").read_text())
    assert list(results["folds"]) == ["001", "002"]
    spotting = results["protocols"]["strict"]["spotting"]
    assert spotting["tp"] + spotting["fn"] == 4
    assert (run / "report.html").is_file()
    assert main(["report", str(run), "--out=page.html", "--thumbnails"]) == 0
    assert "data:image/webp;base64" in Path("page.html").read_text()
    capsys.readouterr()
    clip = str(study / "clips" / "001_a.mp4")
    assert main(["predict", clip, f"--checkpoint={run}"]) == 0
    assert "1 of 2 networks were trained on 001" in " ".join(capsys.readouterr().out.split())


def _init(folder: Path, name: str, code: int) -> dict[str, object]:
    assert main(["init", str(folder), f"--name={name}"]) == code
    read: dict[str, object] = yaml.safe_load(Path(f"{name}.yaml").read_text())["data"]["init_args"]
    return read


def _films(root: Path, fps: float, names: Sequence[str]) -> Path:
    root.mkdir()
    for name in names:
        write_video(root / name, numbered(20), fps, "mjpeg")
    return root


@pytest.mark.parametrize(
    ("fps", "skip", "k"), [(25.0, 1, 42), (30.0, 1, 50), (60.0, 2, 50), (200.0, 7, 48)]
)
def test_windows_last_as_long_at_every_rate(elsewhere: Path, fps: float, skip: int, k: int) -> None:
    root = _films(elsewhere / "films", fps, ["S1.avi", "S2.avi"])
    (root / "labels.csv").write_text("file,onset frame,offset frame,emotion\nS1.avi,1,5,joy\n")
    data = _init(root, "own", 0)
    folder, samples = data["folder"], data["samples"]
    assert isinstance(folder, dict)
    assert isinstance(samples, dict)
    assert (folder["fps"], folder["skip"], folder["unit"]) == (fps, skip, "frames")
    assert samples["init_args"]["k"] == k
    assert main(["check", "--config=own.yaml"]) == 0


def test_what_cannot_be_guessed_is_a_choice(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("S1/a", "S2/b"):
        folder = elsewhere / "photos" / name
        folder.mkdir(parents=True)
        for number in range(12):
            (folder / f"{number:03}.jpg").write_bytes(JPEG)
    (elsewhere / "photos" / "codes.csv").write_text(
        "subject,video,begin,end,emotion,type\nS1,a,2,9,smirk,ME\nS1,a,2,9,joy,thing\n"
    )
    data = _init(elsewhere / "photos", "own", 1)
    folder = data["folder"]
    assert isinstance(folder, dict)
    assert (folder["videos"], folder["first"]) == ("{subject}/{video}", 0)
    assert folder["fps"] == folder["emotions"]["smirk"] == folder["kinds"]["thing"] == "CHOOSE"
    printed = capsys.readouterr().out
    assert "left to you: 3; replace each CHOOSE" in printed
    assert "images carry no time: give --fps" in printed
    assert main(["init", str(elsewhere / "photos"), "--name=other", "--fps=60"]) == 1
    assert "fps: 60\n      skip: 2 " in Path("other.yaml").read_text()
    assert main(["check", "--config=own.yaml"]) == 2
    assert "data.folder.fps: expected your choice in its place" in capsys.readouterr().err
    assert main(["init", str(elsewhere / "photos"), "--name=own"]) == 2
    assert "own.yaml: expected no such file yet" in capsys.readouterr().err
    assert main(["init", str(elsewhere / "callbacks")]) == 1
    assert "expected a folder with video files" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "videos"),
    [
        (("1,x", "2,y"), "S{subject}_{video}.avi"),
        (("S01,x", "S02,y"), "{subject}_{video}.avi"),
        (("x,S1", "y,S2"), "{video}_{subject}.avi"),
        (("S1,S01_x.avi", "S2,S02_y.avi"), "{subject}_{video}.avi"),
    ],
)
def test_the_labels_show_what_the_names_mean(
    elsewhere: Path, rows: Sequence[str], videos: str
) -> None:
    root = _films(elsewhere / "films", 25.0, ["S01_x.avi", "S02_y.avi"])
    lines = [f"{row},1,3,joy" for row in rows]
    (root / "codes.csv").write_text("\n".join(["Subject,File,Onset,Offset,Emotion", *lines]))
    folder = _init(root, "own", 0)["folder"]
    assert isinstance(folder, dict)
    assert folder["videos"] == videos
    assert main(["check", "--config=own.yaml"]) in (0, 1)


@pytest.mark.parametrize(
    ("names", "table", "videos", "subjects"),
    [
        (
            ["S01.avi", "S02.avi"],
            "Participant,Onset,Offset,Emotion\nS01,1,3,joy\nS2,1,3,joy\n",
            "{subject}.avi",
            ["S01", "S02"],
        ),
        (
            ["P_01_happy.avi", "P_01_sad.avi", "P_02_sad.avi"],
            "subject,video,onset,offset,emotion\nP_01,happy,1,3,joy\nP_02,sad,1,3,joy\n",
            "P_{subject}_{video}.avi",
            ["01", "02"],
        ),
    ],
)
def test_names_of_ordinary_studies_are_understood(
    elsewhere: Path, names: Sequence[str], table: str, videos: str, subjects: Sequence[str]
) -> None:
    root = _films(elsewhere / "films", 25.0, names)
    (root / "codes.csv").write_text(table)
    folder = _init(root, "own", 0)["folder"]
    assert isinstance(folder, dict)
    assert folder["videos"] == videos
    found = FOLDER.configured({"folder": folder, "root": root}).annotations(root)
    assert [e.subject for e in found.expressions] == subjects


def test_rows_without_a_video_are_a_choice(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = _films(elsewhere / "films", 25.0, ["S1_a.avi", "S2_a.avi"])
    (root / "codes.csv").write_text("who,clip,onset,offset,emotion\nS1,x,1,3,joy\n")
    (root / "latin.csv").write_bytes("video,onset,offset\nfr\xf6hlich,1,2\n".encode("cp1252"))
    for number in range(12):
        (root / "photos").mkdir(exist_ok=True)
        (root / "photos" / f"{number}.jpg").write_bytes(JPEG)
    folder = _init(root, "own", 1)["folder"]
    assert isinstance(folder, dict)
    assert folder["columns"]["video"] == "CHOOSE"
    printed = capsys.readouterr().out
    assert "0 of 1 rows belong to a video (columns read: video 'clip'); choose" in printed
    assert f"not read: {root}/latin.csv: expected text in UTF-8" in printed
    assert f"folders of images, not taken as there are video files: {root}/photos" in printed
    assert "left to you: 1" in printed


def test_results_of_a_prediction_are_no_data(elsewhere: Path) -> None:
    root = _films(elsewhere / "films", 25.0, ["S1_a.avi", "S2_a.avi"])
    _films(root / "predictions", 25.0, ["overlay.mp4"])
    head = "subject,video,onset,offset,emotion\n"
    (root / "predictions" / "analysis.json").touch()
    for name in ("predictions/intervals.csv", "predictions.csv"):
        (root / name).write_text(head + "S1,a,1,2,joy\n" * 3)
    (root / "own.csv").write_text(head + "S1,a,1,2,joy\n")
    data = _init(root, "own", 0)
    folder = data["folder"]
    assert isinstance(folder, dict)
    assert (folder["videos"], folder["labels"]) == ("{subject}_{video}.avi", "own.csv")


def test_the_network_is_the_compact_one(elsewhere: Path) -> None:
    root = _films(elsewhere / "2024", 25.0, ["S1.avi", "S2.avi"])
    assert main(["init", str(root), "--out=own.yaml"]) == 1
    made, compact = yaml.safe_load(Path("own.yaml").read_text()), yaml.safe_load(COMPACT)
    assert made["name"] == "2024"
    arguments = made["model"]["init_args"]
    assert {**arguments, **compact["model"]["init_args"]} == arguments
    assert made["data"]["init_args"]["batch_size"] == compact["data"]["init_args"]["batch_size"]


def test_the_description_in_the_readme_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(videos:.*?)```", README, re.DOTALL)
    options = FolderOptions(name="study", **yaml.safe_load(text))
    assert options.columns["onset"] == "Start (s)"


def test_elan_files_beside_the_videos_are_labels(elsewhere: Path) -> None:
    root = _films(elsewhere / "films", 10.0, ["S1_a.avi", "S2_a.avi"])
    (root / "S1_a.eaf").write_text(EAF)
    data = _init(root, "own", 0)
    folder = data["folder"]
    assert isinstance(folder, dict)
    assert (folder["labels"], folder["kinds"]) == ("{subject}_{video}.eaf", {"ME": "micro"})
    assert folder["emotions"] == {"": "others", "disgust": "negative"}
