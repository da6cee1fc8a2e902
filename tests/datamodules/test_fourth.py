"""A data set of one's own is one short file and one YAML: see `fourth.py`."""

import json
from itertools import product
from pathlib import Path

import pytest
import yaml

from metst.base.errors import DataError
from metst.base.executors import Serial
from metst.cli import main
from tests.support.drawn import EXPERIMENT, flow_windows, write_frames
from tests.support.fourth import Fourth, FourthDataModule

EMOTIONS = ("joy", "anger", "surprise")


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """Two subjects with two clips of 80 own frames, a micro-expression in each, and the YAML."""
    rows = ["subject,video,onset,apex,offset,emotion"]
    for index, (subject, video) in enumerate(product(("S2", "S10"), ("x", "y"))):
        folder = tmp_path / "clips" / f"{subject}-{video}"
        write_frames(folder, (f"{number:04d}.png" for number in range(80)), index)
        rows.append(f"{subject},{video},20,26,36,{EMOTIONS[index % len(EMOTIONS)]}")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    path = tmp_path / "fourth.yaml"
    path.write_text(yaml.safe_dump(EXPERIMENT))
    return path


@pytest.mark.slow
def test_the_whole_experiment_runs_on_it(
    experiment: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = experiment.parent
    with (root / "labels.csv").open("a") as file:
        file.write("\nP9,x,20,26,36,joy")
    places = {"data.root": root, "data.cache": root / "cache", "loso.runs": root / "runs"}
    options = [f"--{key}={value}" for key, value in places.items()]
    assert main(["loso", "-q", "--config", str(experiment), *options]) == 0
    logged = [line for line in caplog.messages if line.startswith("labels: ")]
    assert logged[0] == "labels: P9/x: no folder for this video; it has 1 annotations (row 6)"
    assert logged[1:] == [f"labels: details: metst check --config {experiment}"]
    run = root / "runs" / "fourth"
    results = json.loads((run / "results.json").read_text())
    assert results["complete"] is True
    assert list(results["folds"]) == ["S2", "S10"]
    for scores in results["protocols"].values():
        spotting = scores["spotting"]
        assert spotting["tp"] + spotting["fn"] == 4
    data = FourthDataModule(root, root / "cache", flow_windows())
    assert [(r.subject, r.video, r.frames) for r in data.source.recordings()] == [
        *(("S2", "x", 40), ("S2", "y", 40), ("S10", "x", 40), ("S10", "y", 40))
    ]


class Films(Fourth):
    """A data set that names the file of each video as its frames."""

    def frames(self, root: Path, subject: str, video: str) -> list[Path]:
        """The film."""
        return [self.videos_folder(root) / f"{subject}-{video}" / "film.mp4"]


class FilmModule(FourthDataModule):
    """Films instead of images."""

    dataset = Films()


def test_a_video_file_is_not_taken_for_one_image(experiment: Path) -> None:
    root = experiment.parent
    data = FilmModule(root, root / "cache", flow_windows())
    expected = r"film\.mp4: expected the image file of each frame, found a video file.*film_frames"
    for use in (lambda: data.source.extract(Serial()), data.source.explain):
        with pytest.raises(DataError, match=expected):
            use()
    assert not (root / "cache").exists()


def test_names_that_are_not_utf8_stop_before_anything_runs(experiment: Path) -> None:
    root = experiment.parent
    bad = "\u88ab\u8bd53".encode("gbk").decode(errors="surrogateescape")
    (root / "clips" / "S2-x").rename(root / "clips" / f"{bad}-x")
    data = FourthDataModule(root, root / "cache", flow_windows())
    with pytest.raises(DataError, match=r"\\xb1\\xbb\\xca\\xd43.*convmv") as caught:
        data.source.extract(Serial())
    assert str(caught.value).encode()


def test_a_video_that_is_left_out_loses_its_features(experiment: Path) -> None:
    root = experiment.parent

    def module() -> FourthDataModule:
        return FourthDataModule(root, root / "cache", flow_windows())

    assert module().source.extract(Serial()) == ()
    for path in (root / "clips" / "S2-x").iterdir():
        path.with_suffix(".jpg").touch()
    (damage,) = module().source.extract(Serial())
    assert "80 of 160 images have the number of another" in damage
    assert next((r.subject, r.video) for r in module().source.recordings()) == ("S2", "y")
