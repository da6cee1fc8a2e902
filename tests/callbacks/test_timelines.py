"""Pictures of the test videos of a fold."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from metst.runner.selection import Selection
from tests.support.runs import run

pytestmark = pytest.mark.slow


def test_timelines_are_pictures_with_something_on_them(tiny: list[str], tmp_path: Path) -> None:
    more = "--callbacks+=callbacks.timelines.Timelines"
    assert not run(tiny, more, selection=Selection(("spNO.2",))).failed
    folder = tmp_path / "demo" / "folds" / "spNO.2" / "timelines"
    assert {p.name for p in folder.iterdir()} == {"a.png", "b.png"}
    picture = np.asarray(Image.open(folder / "b.png"))
    assert picture.shape[0] > 400
    assert picture.shape[1] > 800
    assert len(np.unique(picture.reshape(-1, picture.shape[2]), axis=0)) > 20
