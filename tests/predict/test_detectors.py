"""A video's faces are found as those of the training videos were."""

import re
from pathlib import Path

import pytest

from metst.base.errors import ConfigError
from metst.predict import export_model, load_model


def with_detector(run: Path, value: str) -> Path:
    """The run, trained with another detector."""
    config = run / "config.yaml"
    text, found = re.subn(
        r"^( +)k: \d+$", rf"\g<0>\n\g<1>detector: {value}", config.read_text(), flags=re.MULTILINE
    )
    assert found == 1
    config.write_text(text)
    return run


def test_the_detector_is_that_of_the_run(finished: Path, tmp_path: Path) -> None:
    assert load_model(finished).about.detector == "dlib"
    model = load_model(with_detector(finished, "mesh"), fold="spNO.1")
    assert model.about.detector == "mesh"
    export_model(model, tmp_path / "one.safetensors", "one")
    assert load_model(tmp_path / "one.safetensors").about.detector == "mesh"


def test_a_detector_of_ones_own_is_not_known(finished: Path) -> None:
    run = with_detector(finished, "{class_path: own.Face, init_args: {}}")
    with pytest.raises(ConfigError, match=r"finds faces with dlib or mesh.*own\.Face"):
        load_model(run)
