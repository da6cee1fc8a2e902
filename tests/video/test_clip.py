"""Files and folders: surveys, looking back, and what is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import ConfigError, VideoError
from metst.video import clip as module
from metst.video.clip import Clip, survey
from tests.support.videos import number_of, numbered, write_video


@pytest.mark.parametrize(
    ("suffix", "codec"), [("mp4", "mpeg4"), ("avi", "mjpeg"), ("mov", "mpeg4")]
)
def test_a_file_has_its_frames_at_its_rate(tmp_path: Path, suffix: str, codec: str) -> None:
    path = write_video(tmp_path / f"a.{suffix}", numbered(40), fps=25, codec=codec)
    found = survey(path)
    assert found.seconds == pytest.approx(np.arange(40) / 25, abs=1e-3)
    assert found.rate == pytest.approx(25, rel=1e-3)
    assert found.cuts == ()
    assert found.notes == ()


def test_a_clip_reads_forward_and_looks_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "a.avi", numbered(100), codec="mjpeg")
    opened = []
    monkeypatch.setattr(module, "KEPT", 10)
    real = module.decoded
    monkeypatch.setattr(module, "decoded", lambda p, r: opened.append(p) or real(p, r))
    clip = Clip(path, np.arange(0, 100, 2))
    assert len(clip) == 50
    assert [number_of(clip.read(i)) for i in range(20)] == list(range(0, 40, 2))
    assert number_of(clip.read(12)) == 24
    assert len(opened) == 1  # looked back without decoding anew
    assert number_of(clip.read(2)) == 4
    assert len(opened) == 2
    assert number_of(clip.read(49)) == 98


def test_a_folder_is_read_in_natural_order(tmp_path: Path) -> None:
    for i, picture in enumerate(numbered(12)):
        cv2.imwrite(str(tmp_path / f"frame{i}.png"), picture)
    found = survey(tmp_path, fps=20)
    assert found.seconds == pytest.approx(np.arange(12) / 20)
    clip = Clip(tmp_path, np.arange(12))
    assert [number_of(clip.read(i)) for i in range(12)] == list(range(12))


def test_a_folder_without_a_rate_is_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), numbered(1)[0])
    with pytest.raises(VideoError, match="--fps"):
        survey(tmp_path)


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_rate_must_be_one(tmp_path: Path, fps: float) -> None:
    with pytest.raises(ConfigError, match="above 0"):
        survey(tmp_path, fps=fps)


def test_images_of_two_sizes_are_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros((20, 20), np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), np.zeros((20, 30), np.uint8))
    with pytest.raises(VideoError, match="20 x 20 pixels like the others"):
        survey(tmp_path, fps=30)


@pytest.mark.parametrize("content", [b"", b"no video at all", b"\x00" * 5000])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoError, match="expected"):
        survey(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="found nothing"):
        survey(tmp_path / "none.mp4")


def test_a_cut_is_found_in_a_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 255, (2, 8, 8, 3)).astype(np.uint8)
    shots = [cv2.resize(p, (96, 96), interpolation=cv2.INTER_NEAREST) for p in (one, other)]
    path = write_video(tmp_path / "a.mp4", [shots[0]] * 30 + [shots[1]] * 30)
    assert survey(path).cuts == (30,)
