"""Which files of a folder are frames, in what order, and what is set aside."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.base.errors import DataError, VideoError
from metst.video import frame_files, frame_number, images_only, nth_frames, numbered_frames


def touch(folder: Path, *names: str | bytes) -> Path:
    for name in names:
        (folder / os.fsdecode(name)).touch()
    return folder


def frames(count: int, form: str = "{}.jpg") -> list[str]:
    return [form.format(number) for number in range(1, count + 1)]


def test_numbered_frames_fill_gaps_with_the_next_image(tmp_path: Path) -> None:
    touch(tmp_path, "0.jpg", "2.jpg", "3.jpg", "6.JPG", ".hidden.jpg", "Thumbs.db")
    listed = numbered_frames(tmp_path)
    names = [path.name for path in listed]
    assert names == ["2.jpg", "2.jpg", "3.jpg", "6.JPG", "6.JPG", "6.JPG"]
    assert listed.remarks == ()


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


@pytest.mark.parametrize(
    "stray",
    [
        *("7 (1).jpg", "7 - Copy.jpg", "Kopie von 7.jpg", "7 2.jpg", "copy7.png", "cover.jpg"),
        *("99999999.jpg", "9" * 240 + ".jpg", "20220805120000033.jpg", "1100.jpg"),
        *("60.tif", "7.webp", "\u5907\u4efd.jpg", "\u0667.jpg", "\u5907\u4efd.jpg".encode("gbk")),
    ],
)
@pytest.mark.parametrize("form", ["{}.jpg", "{:05d}.jpg", "006_1_{:04d}.jpg", "img{}.JPG"])
@pytest.mark.parametrize("by_name", [True, False])
def test_a_stray_image_is_set_aside(
    tmp_path: Path, stray: str | bytes, form: str, by_name: bool
) -> None:
    files = frame_files(touch(tmp_path, *frames(60, form), stray), by_name=by_name)
    assert list(files.names) == frames(60, form)
    assert files.numbers == tuple(range(1, 61))
    ((code, message),) = files.remarks
    assert code == "odd-name"
    assert message.endswith("it is set aside")
    assert message.encode()  # whatever the bytes of the name were
    named = os.fsdecode(stray) if isinstance(stray, str) else r"\xb1\xb8\xb7\xdd.jpg"
    assert message.startswith(named)


@pytest.mark.parametrize(
    ("form", "double", "kept"),
    [
        ("{}.jpg", "0007.jpg", "7.jpg"),
        ("{:04d}.jpg", "7.jpg", "0007.jpg"),
        ("{}.jpg", "7.png", "7.jpg"),
        ("{}.png", "7.jpg", "7.png"),
        ("006_1_{:04d}.jpg", "006_1_7.jpg", "006_1_0007.jpg"),
    ],
)
@pytest.mark.parametrize("by_name", [True, False])
def test_of_two_files_for_a_frame_the_one_like_most_is_taken(
    tmp_path: Path, form: str, double: str, kept: str, by_name: bool
) -> None:
    files = frame_files(touch(tmp_path, *frames(60, form), double), by_name=by_name)
    assert list(files.names) == frames(60, form)
    expected = f"{double} and {kept} have the same number, 7; {kept} is taken"
    assert files.remarks == (("same-number", expected),)


@pytest.mark.parametrize("other", ["{:04d}.jpg", "{}.png", "{}.jpeg"])
@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("count", [1, 3, 60])
def test_two_videos_in_one_folder_are_none(
    tmp_path: Path, other: str, by_name: bool, count: int
) -> None:
    touch(tmp_path, *frames(count), *frames(count, other))
    with pytest.raises(VideoError, match=f"{count} of {2 * count} images have the number of ano"):
        frame_files(tmp_path, by_name=by_name)


NO_NUMBERS = {
    "clock times": [f"20220805{120000000 + 33 * i}.jpg" for i in range(1, 61)],
    "milliseconds": [f"{33 * i}.jpg" for i in range(1, 601)],
    "letters": [f"frame_{a}{b}.jpg" for a in "abcdef" for b in "abcdef"],
}


@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_what_is_no_frame_number_is_never_counted_up_to(tmp_path: Path, kind: str) -> None:
    names = NO_NUMBERS[kind]
    touch(tmp_path, *names)
    with pytest.raises(VideoError, match="no frame numbers, or so many are missing"):
        numbered_frames(tmp_path)
    by_order = nth_frames(tmp_path, 1)  # the names still have an order
    assert [path.name for path in by_order] == names
    assert [code for code, _ in by_order.remarks] in ([], ["odd-name"])


def test_numbers_may_be_missing_within_reason(tmp_path: Path) -> None:
    touch(tmp_path, *(f"{number}.jpg" for number in (*range(900, 960), *range(1000, 1060, 10))))
    assert len(numbered_frames(tmp_path)) == 1050


def test_frames_of_a_later_part_keep_their_order(tmp_path: Path) -> None:
    names = [f"006_1_{number}.jpg" for number in range(50_001, 50_101)]
    listed = nth_frames(touch(tmp_path, *names), 1)
    assert ([path.name for path in listed], listed.remarks) == (names, ())


def test_folders_and_pipes_are_no_frames(tmp_path: Path) -> None:
    touch(tmp_path, *frames(10))
    (tmp_path / "11.jpg").mkdir()
    os.mkfifo(tmp_path / "12.jpg")
    (tmp_path / "13.jpg").symlink_to(tmp_path / "gone.jpg")  # a missing image
    files = frame_files(tmp_path, by_name=True)
    assert files.numbers == (*range(1, 11), 13)
    expected = "11.jpg (and 1 more) is no file; it is set aside"
    assert files.remarks == (("odd-name", expected),)


def test_only_other_formats_are_named(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"found none but 3 others: 1\.tif is of a format"):
        numbered_frames(touch(tmp_path, *frames(3, "{}.tif")))


def test_many_files_are_one_remark(tmp_path: Path) -> None:
    files = frame_files(touch(tmp_path, *frames(60), *frames(60, "{}.tif")), by_name=True)
    expected = "1.tif (and 59 more) is of a format that is not read; it is set aside"
    assert files.remarks == (("odd-name", expected),)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg").chmod(0)
    with pytest.raises(VideoError, match="cannot be listed"):
        numbered_frames(tmp_path)
    tmp_path.chmod(0o700)


def test_only_number_zero_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="found only number 0"):
        numbered_frames(touch(tmp_path, "0.jpg"))


def test_frame_numbers_stand_at_the_end_of_the_name() -> None:
    assert frame_number("12.jpg") == 12
    assert frame_number("006_1_0007.JPG") == 7
    assert frame_number("cover.jpg") is None
    assert frame_number("7\u00b2.jpg") is None


@pytest.mark.parametrize("name", ["P01_film.mp4", "P01.AVI", "P01.mkv", "folder"])
def test_a_video_is_not_taken_for_one_image(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match=f"{name}: expected the image file of each frame") as caught:
        images_only([tmp_path / name])
    assert not isinstance(caught.value, VideoError)  # no fault of one video: the module's
    assert images_only([tmp_path / "1.jpg", tmp_path / "2.tif"])
