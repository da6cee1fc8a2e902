"""A video's faces are found as those of the training videos were."""

import re
from pathlib import Path

import pytest

from metst.base.errors import BackendError, ConfigError
from metst.predict import export_model, load_model
from metst.predict.analyzing import analyze_with
from metst.video.face import DlibDetector


def with_detector(run: Path, value: str) -> Path:
    """The run, trained with another detector."""
    config = run / "config.yaml"
    text = config.read_text()
    assert len(re.findall("detector: mesh\n", text)) == 1
    config.write_text(text.replace("detector: mesh\n", f"detector: {value}\n"))
    return run


def test_the_detector_is_that_of_the_run(finished: Path, tmp_path: Path) -> None:
    assert load_model(finished).about.detector == "mesh"
    model = load_model(with_detector(finished, "dlib"), fold="spNO.1")
    assert model.about.detector == "dlib"
    export_model(model, tmp_path / "one.safetensors", "one")
    assert load_model(tmp_path / "one.safetensors").about.detector == "dlib"


def test_runs_that_name_none_were_made_with_the_released_one(finished: Path) -> None:
    assert load_model(with_detector(finished, "null")).about.detector == "dlib"


def test_a_detector_that_is_not_installed_is_missed_before_the_video_is_read(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DlibDetector, "MODEL_PACKAGE", "no_such_package")
    with pytest.raises(BackendError, match=r"pip install 'metst\[release\]'"):
        analyze_with(load_model(with_detector(finished, "dlib")), Path("no such video.mp4"))


def test_a_detector_of_ones_own_is_not_known(finished: Path) -> None:
    run = with_detector(finished, "{class_path: own.Face, init_args: {}}")
    with pytest.raises(ConfigError, match=r"finds faces with dlib or mesh.*own\.Face"):
        load_model(run)
