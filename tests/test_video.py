"""Frames: listing rules, decoding, broken files."""

import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.errors import VideoError
from metst.video import (
    ArrayFrames,
    Frame,
    ImageFolder,
    RepairedFrames,
    natural_key,
    nth_frames,
    numbered_frames,
    read_grey,
)


def image(grey: int, height: int = 12, width: int = 16) -> Frame:
    return np.full((height, width), grey, np.uint8)


def write(path: Path, frame: Frame) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), frame)
    return path


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).touch()
    return folder


def test_natural_key_counts_numbers_as_numbers() -> None:
    for ordered in (
        ["7", "12"],
        ["006_1_2", "006_1_10"],
        ["a9", "a10", "b1"],
        ["spNO.9", "spNO.10"],
    ):
        turned = ordered[::-1]
        assert sorted(turned, key=natural_key) == ordered
    assert natural_key("a07") != natural_key("a7")


@given(st.lists(st.text("a1_0.²", max_size=6)))
def test_natural_key_is_a_total_order_of_names(names: list[str]) -> None:
    ordered = sorted(names, key=natural_key)
    turned = ordered[::-1]
    assert sorted(turned, key=natural_key) == ordered


def test_numbered_frames_fill_gaps_with_the_next_image(tmp_path: Path) -> None:
    touch(tmp_path, "0.jpg", "2.jpg", "3.jpg", "6.JPG", ".hidden.jpg", "Thumbs.db")
    names = [path.name for path in numbered_frames(tmp_path)]
    assert names == ["2.jpg", "2.jpg", "3.jpg", "6.JPG", "6.JPG", "6.JPG"]


@given(st.sets(st.integers(0, 40), min_size=1).filter(lambda s: s != {0}))
def test_numbered_frames_follow_their_rule(numbers: set[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = touch(Path(name), *(f"{n}.jpg" for n in numbers))
        listed = [int(path.stem) for path in numbered_frames(folder)]
    assert len(listed) == max(numbers)
    for position, number in enumerate(listed):
        assert number == min(n for n in numbers if n >= position + 1)


def test_nth_frames_count_positions_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path, *(f"006_1_{n}.jpg" for n in range(20, 0, -1)))
    names = [path.name for path in nth_frames(tmp_path, 7)]
    assert names == ["006_1_1.jpg", "006_1_8.jpg", "006_1_15.jpg"]


@pytest.mark.parametrize("listing", [numbered_frames, lambda folder: nth_frames(folder, 7)])
def test_a_folder_without_images_is_named(tmp_path: Path, listing: object) -> None:
    assert callable(listing)
    with pytest.raises(VideoError, match="expected images") as caught:
        listing(tmp_path)
    assert caught.value.path == tmp_path
    with pytest.raises(VideoError, match="expected a folder of images"):
        listing(tmp_path / "absent")


def test_an_image_without_a_number_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg", "cover.jpg")
    with pytest.raises(VideoError, match=r"cover\.jpg: expected an image named by its frame"):
        numbered_frames(tmp_path)


def test_only_number_zero_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="found only number 0"):
        numbered_frames(touch(tmp_path, "0.jpg"))


def test_frames_are_grey_whatever_the_file(tmp_path: Path) -> None:
    color = np.zeros((4, 6, 3), np.uint8)
    color[..., 2] = 255  # red
    paths = [write(tmp_path / "1.png", image(77, 4, 6)), write(tmp_path / "2.png", color)]
    source = ImageFolder(paths)
    assert len(source) == 2
    assert (source.read(0) == 77).all()
    assert source.read(1).shape == (4, 6)
    assert abs(int(source.read(1)[0, 0]) - 0.299 * 255) <= 1  # luma of red, ITU-R BT.601
    assert source.path == tmp_path


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (Path.unlink, "cannot be read"),
        (lambda path: path.write_bytes(b""), "found 0 bytes"),
        (lambda path: path.write_bytes(b"no image at all"), "found 15 bytes that are none"),
        (cut_short, "cut short"),
    ],
)
def test_a_broken_image_is_named(tmp_path: Path, damage: object, message: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
    path = write(tmp_path / "5.jpg", noise)
    assert read_grey(path).shape == (64, 64)
    assert callable(damage)
    damage(path)
    with pytest.raises(VideoError, match=message) as caught:
        ImageFolder([path]).read(0)
    assert caught.value.path == path


def test_a_frame_of_another_size_is_refused(tmp_path: Path) -> None:
    paths = [write(tmp_path / "1.jpg", image(9)), write(tmp_path / "2.jpg", image(9, 12, 10))]
    source = ImageFolder(paths)
    source.read(0)
    with pytest.raises(VideoError, match=r"expected an image of 16 x 12 .* found 10 x 12"):
        source.read(1)


def test_repair_takes_the_good_frame_before(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.png", image(10 * n)) for n in range(1, 6)]
    for broken in (0, 2, 3):
        paths[broken].write_bytes(b"")
    source = RepairedFrames(ImageFolder(paths))
    order = np.random.default_rng(0).permutation(5)
    seen = {int(i): int(source.read(int(i))[0, 0]) for i in order}
    assert [seen[i] for i in range(5)] == [20, 20, 20, 20, 50]
    assert set(source.broken) == {0, 2, 3}
    assert "3.png" in source.broken[2]


def test_nothing_to_repair_with_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "1.png").touch()
    with pytest.raises(VideoError, match="none of its 1 images can be read"):
        RepairedFrames(ImageFolder([tmp_path / "1.png"])).read(0)


def test_array_frames() -> None:
    clip = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    source = ArrayFrames(clip)
    assert len(source) == 2
    assert (source.read(1) == clip[1]).all()
