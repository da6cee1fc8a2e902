"""Frames that are in memory are analyzed like the same frames on disk."""

from pathlib import Path

import numpy as np
import pytest

import metst
from metst.base.errors import ConfigError, VideoError
from metst.predict import Analysis
from tests.support.videos import images

FRAMES = 70


@pytest.fixture(scope="module")
def folder(tiny_root: Path) -> Path:
    return tiny_root / "data" / "spNO.1" / "a" / "color"


@pytest.fixture(scope="module")
def found(folder: Path, tiny_runs: Path) -> Analysis:
    frames = np.stack(images(folder)[:FRAMES])[..., ::-1]  # blue, green, red by OpenCV
    return metst.analyze(frames, tiny_runs / "demo", fold="spNO.1", fps=30, floor=0)


def test_colors_are_read_as_from_a_folder(
    found: Analysis, folder: Path, tiny_runs: Path, tmp_path: Path
) -> None:
    for file in sorted(folder.iterdir(), key=lambda file: int(file.stem))[:FRAMES]:
        (tmp_path / file.name).symlink_to(file)
    expected = metst.analyze(tmp_path, tiny_runs / "demo", fold="spNO.1", floor=0)
    assert found.score == pytest.approx(expected.score, abs=0.02)  # grey by a JPEG, or of colors
    assert len(found.intervals) == len(expected.intervals) > 0


def test_its_repr_is_short(found: Analysis) -> None:
    count = len(found.intervals)
    shown = repr(found)
    assert shown.startswith("<Analysis of array, 2.3 s, by ")
    assert f"fold spNO.1: {count} micro-expressions (" in shown
    assert len(shown) < 200


@pytest.mark.parametrize("shape", [(5, 40), (5, 40, 40, 4), (0, 40, 40), (5, 40, 40)])
def test_what_is_no_video_is_refused(shape: tuple[int, ...]) -> None:
    kind = np.float32 if shape == (5, 40, 40) else np.uint8
    with pytest.raises(ConfigError, match=r"frames: expected uint8, grey \(T, H, W\) or red"):
        metst.analyze(np.zeros(shape, kind), fps=30)


def test_an_array_carries_no_time() -> None:
    with pytest.raises(VideoError, match=r"array: images carry no time: .* with fps"):
        metst.analyze(np.zeros((5, 40, 40), np.uint8))


def test_the_package_lists_what_it_offers() -> None:
    assert {"Analysis", "analyze", "__version__"} <= set(dir(metst))
