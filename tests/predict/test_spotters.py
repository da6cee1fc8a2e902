"""Systems on flow images analyze new videos as they were tested, from a run and from a file."""

from pathlib import Path

import numpy as np
import pytest

from metst import analyze
from metst.base.errors import ConfigError, DataError
from metst.cli.main import main
from metst.predict import SpotterModel, analyze_with, export_model, load_model
from metst.results.tables import read_predictions
from metst.runner.selection import Selection
from metst.video import ArrayFrames
from tests.support.runs import run

VIDEO = Path("data/spNO.1/a/color")


@pytest.fixture(scope="module")
def trained(tiny_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fold of MEAN, without the class "others", with flow that was measured."""
    from tests.support.runs import tiny_options

    runs = tmp_path_factory.mktemp("images")
    cache = runs / "cache"  # of its own: other tests fill the common one with made-up images
    options = tiny_options(tiny_root, cache, runs)
    more = ["--config", "experiments/systems/mean.yaml", "--name=small"]
    more += ["--trainer.max_epochs=4", "--model.spotting_epochs=2", "--model.emotions=3"]
    run(options, *more, selection=Selection(("spNO.1",)))
    return runs / "small"


def frames_of(table: object) -> list[tuple[int, int, int]]:
    columns = [np.asarray(table[name]).tolist() for name in ("onset", "apex", "offset")]  # type: ignore[index]
    return sorted(zip(*columns, strict=True))


@pytest.mark.slow
def test_a_run_and_an_exported_file_find_what_the_test_found(
    trained: Path, tiny_root: Path, tmp_path: Path
) -> None:
    model = load_model(trained, "spNO.1")
    assert isinstance(model, SpotterModel)
    analysis = analyze_with(model, tiny_root / VIDEO)
    table = read_predictions(trained / "predictions.csv")
    chosen = (table["variant"] == "strict/spotting_first") & (table["kind"] == "micro")
    tested = table[chosen & (table["video"] == "a")]
    assert len(tested) > 0
    assert frames_of(analysis.to_dataframe()) == frames_of(tested)
    assert len(analysis.score) == 150
    assert analysis.probabilities is not None
    assert analysis.probabilities.shape == (150, 4)  # "others" has no name, neutral is last
    export_model(model, tmp_path / "mean.safetensors", "small")
    again = analyze(tiny_root / VIDEO, checkpoint=tmp_path / "mean.safetensors")
    assert (
        again.to_dataframe()
        .drop(columns="model")
        .equals(analysis.to_dataframe().drop(columns="model"))
    )
    with pytest.raises(DataError, match="damaged"):
        load_model(_altered(tmp_path / "mean.safetensors"))
    video = str(tiny_root / VIDEO)
    assert main(["stream", video, "--checkpoint", str(tmp_path / "mean.safetensors")]) != 0


@pytest.mark.slow
def test_an_exported_file_keeps_its_floor_and_a_video_without_a_face_is_noted(
    trained: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "small.safetensors"
    export_model(load_model(trained, "spNO.1", floor=0.37), file, "small")
    model = load_model(file)
    assert model.about.floor == 0.37
    analyze_with(model, ArrayFrames(np.zeros((90, 120, 160), np.uint8)), 30.0)
    assert "no face in 1 of 1 shots: nothing is spotted there" in caplog.text


def _altered(path: Path) -> Path:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.with_name("altered.safetensors").write_bytes(data)
    return path.with_name("altered.safetensors")


@pytest.mark.slow
def test_a_file_names_systems_of_the_package_alone(trained: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    model = load_model(trained, "spNO.1")
    assert isinstance(model, SpotterModel)
    foreign = {**model.settings[0], "class_path": "elsewhere.System"}
    with pytest.raises(ConfigError, match="expected a system of metst, got elsewhere"):
        export_model(replace(model, settings=(foreign, model.settings[1])), tmp_path / "x", "x")
