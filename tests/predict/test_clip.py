"""Files and folders: time stamps, sampling, looking back, and what is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.errors import ConfigError, VideoError
from metst.predict import clip as module
from metst.predict.clip import Clip, Survey, sampled, survey
from tests.predict.videos import number_of, numbered, write_video


def of_times(seconds: list[float]) -> Survey:
    return Survey(Path("x.mp4"), np.array(seconds), (), ())


@pytest.mark.parametrize(("suffix", "codec"), [("mp4", "mp4v"), ("avi", "MJPG"), ("mov", "mp4v")])
def test_a_file_has_its_frames_at_its_rate(tmp_path: Path, suffix: str, codec: str) -> None:
    path = write_video(tmp_path / f"a.{suffix}", numbered(40), fps=25, codec=codec)
    found = survey(path)
    assert found.seconds == pytest.approx(np.arange(40) / 25, abs=1e-3)
    assert found.rate == pytest.approx(25, rel=1e-3)
    assert found.cuts == ()
    assert found.notes == ()


def test_the_same_rate_takes_every_frame_once() -> None:
    assert sampled(of_times([i / 29.97 for i in range(90)]), 30).tolist() == list(range(90))


@pytest.mark.parametrize("rate", [12.0, 25.0, 60.0, 200.0])
def test_another_rate_takes_the_nearest_frame_of_each_instant(rate: float) -> None:
    seconds = [i / rate for i in range(101)]
    chosen = sampled(of_times(seconds), 30)
    for place, frame in enumerate(chosen):
        away = [abs(place / 30 - s) for s in seconds]
        assert away[frame] == pytest.approx(min(away), abs=1e-9)
    assert len(chosen) == int(seconds[-1] * 30 + 1e-6) + 1


def test_a_variable_rate_goes_by_time_stamps() -> None:
    seconds = [0.0, 0.1, 0.2, 0.3, 0.6, 0.7]  # two frames are missing
    assert sampled(of_times(seconds), 10).tolist() == [0, 1, 2, 3, 3, 4, 4, 5]


def test_nothing_stands_for_a_gap() -> None:
    seconds = [0.0, 0.1, 0.2, 0.3, 7200.0, 7200.1]
    assert sampled(of_times(seconds), 10).tolist() == [0, 1, 2, 3, 3, 4, 4, 5]


@pytest.mark.parametrize("count", [1, 2])
def test_hardly_any_frames(count: int) -> None:
    assert sampled(of_times([i / 30 for i in range(count)]), 30).tolist() == list(range(count))


def test_a_clip_reads_forward_and_looks_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "a.avi", numbered(100), codec="MJPG")
    opened = []
    monkeypatch.setattr(module, "KEPT", 10)
    real = module.open_file
    monkeypatch.setattr(module, "open_file", lambda p: opened.append(p) or real(p))
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


def test_a_rate_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="above 0"):
        survey(tmp_path, fps=0)


def test_images_of_two_sizes_are_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), np.zeros((20, 20), np.uint8))
    cv2.imwrite(str(tmp_path / "2.png"), np.zeros((20, 30), np.uint8))
    with pytest.raises(VideoError, match="20 x 20 pixels like the first"):
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


def test_a_file_that_was_cut_off_says_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", numbered(100), codec="MJPG")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    found = survey(path)
    assert 20 < len(found.seconds) < 100
    assert "of 100 frames could be read" in found.notes[0]


def test_a_cut_is_found_in_a_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 255, (2, 8, 8, 3)).astype(np.uint8)
    shots = [cv2.resize(p, (96, 96), interpolation=cv2.INTER_NEAREST) for p in (one, other)]
    path = write_video(tmp_path / "a.mp4", [shots[0]] * 30 + [shots[1]] * 30)
    assert survey(path).cuts == (30,)


def test_rotation_of_a_phone_is_undone(tmp_path: Path) -> None:
    """A display matrix of 90 degrees, patched into the track header of an mp4 file."""
    tall = np.zeros((48, 96, 3), np.uint8)
    tall[:, :24] = 255
    path = write_video(tmp_path / "a.mp4", [tall] * 5)
    data = bytearray(path.read_bytes())
    header = data.index(b"tkhd") + 4
    matrix = header + 40
    quarter = (0, 0x10000, 0, -0x10000, 0, 0, 48 << 16, 0, 0x40000000)
    data[matrix : matrix + 36] = b"".join(x.to_bytes(4, "big", signed=True) for x in quarter)
    path.write_bytes(data)
    frame = Clip(path, np.arange(5)).read(0)
    assert frame.shape == (96, 48)
    assert frame[:20].mean() > 200 > 50 > frame[40:].mean()
