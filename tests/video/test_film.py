"""Frames of video files that are read like images of a folder."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from metst.base.errors import VideoError
from metst.features.store import content, fingerprint
from metst.video import ImageFolder, RepairedFrames, images_only, look, read_color, read_grey
from metst.video import film as film_module
from metst.video.decoding import Picture, decoded
from metst.video.film import film_frames, film_rate, has_rate
from tests.support.videos import damaged, number_of, numbered, write_video


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 pictures at 25 frames/s that show their numbers, from 0."""
    path = tmp_path_factory.mktemp("film") / "s1_a.mp4"
    return write_video(path, numbered(80), fps=25.0, codec="mjpeg")


def test_every_frame_has_a_name_and_pixels(clip: Path) -> None:
    frames = film_frames(clip, 25.0)
    assert frames == [clip / str(number) for number in range(1, 81)]
    assert images_only(frames) == tuple(frames)
    assert look(frames[3]) == (None, None)
    source = ImageFolder(frames)
    order = [0, 5, 79, 78, 3, 40]  # looking back, too
    assert [number_of(source.read(i)) for i in order] == order
    assert source.path == clip
    assert read_color(frames[7]).shape == (64, 64, 3)
    assert number_of(read_grey(frames[9])) == 9


def test_another_rate_takes_the_nearest_frames(clip: Path) -> None:
    assert film_rate(clip) == pytest.approx(25.0)
    assert has_rate(clip, 25.0)
    assert not has_rate(clip, 30.0)
    assert film_frames(clip, 12.5) == [clip / str(number) for number in range(1, 81, 2)]
    assert film_frames(clip) == film_frames(clip, 25.0)
    nearly = film_frames(clip, 24.0)  # times stay true: no tolerance
    assert len(nearly) == 76
    assert nearly[75] == clip / "79"
    twice = film_frames(clip, 50.0)
    assert len(twice) == 159
    assert len(set(twice)) == 80


def test_times_stay_true_over_a_gap(tmp_path: Path) -> None:
    ticks = [*range(20), *range(45, 65)]
    path = write_video(tmp_path / "gap.mp4", numbered(40), 25.0, "mjpeg", ticks=ticks)
    frames = film_frames(path, 25.0)
    assert len(frames) == 65
    assert frames[45] == path / "21"
    assert film_rate(path) is None
    assert "frame rate varies" in frames.remarks[0][1]


def test_little_memory_and_lost_frames_change_nothing_else(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(film_module, "KEPT_BYTES", 3 * 64 * 64)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    source = RepairedFrames(ImageFolder([copy / str(n) for n in (*range(1, 81), 81, 82)]))
    order = [*range(30), 2, 50, 49, 10]
    assert [number_of(source.read(i)) for i in order] == order
    assert number_of(source.read(81)) == 79  # the nearest good frame before
    assert "frame 81 cannot be decoded: the file is damaged or cut" in source.remarks[0][1]


def test_damage_in_the_middle_moves_no_other_frame(clip: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    frames = film_frames(damaged(copy, range(41, 46)), 25.0)
    assert len(frames) == 80
    source = RepairedFrames(ImageFolder(frames))
    for order in (range(80), [60, 42, 3, 43, 79, 45]):
        expected = [39 if 40 <= i < 45 else i for i in order]
        assert [number_of(source.read(i)) for i in order] == expected
    remarks = [message for _, message in source.remarks]
    assert len(remarks) == 5
    assert all(f"frame {41 + i} cannot be decoded" in text for i, text in enumerate(remarks))


def test_a_cut_that_begins_at_no_key_frame_moves_no_frame(tmp_path: Path) -> None:
    options = {"g": "20", "bf": "0", "qp": "8", "sc_threshold": "0"}
    whole = write_video(tmp_path / "a.mkv", numbered(60), 25.0, "libx264", options=options)
    with av.open(str(whole)) as old, av.open(str(tmp_path / "cut.mkv"), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in list(old.demux(video=0))[10:]:
            if packet.size:
                packet.stream = stream
                new.mux(packet)
    source = RepairedFrames(ImageFolder(film_frames(tmp_path / "cut.mkv", 25.0)))
    assert len(source) == 50
    for i in range(50):
        np.testing.assert_array_equal(source.read(i), read_grey(whole / str(max(21, i + 11))))


def test_frames_whose_stamps_are_those_of_decoding_are_counted(tmp_path: Path) -> None:
    options = {"g": "20", "bf": "3", "qp": "8"}
    film = write_video(tmp_path / "a.avi", numbered(60), 25.0, "libx264", options=options)
    source = RepairedFrames(ImageFolder(film_frames(film, 25.0)))
    means = [float(source.read(i).mean()) for i in range(60)]
    assert all(np.diff(means) > 0)
    assert source.remarks == []


def test_long_damage_is_not_decoded_again_and_again(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    frames = film_frames(damaged(copy, range(20, 60)))
    began = _count_readings(monkeypatch)
    source = RepairedFrames(ImageFolder(frames))
    for i in range(80):
        source.read(i)
    assert began == [copy]


def test_grey_and_color_are_read_side_by_side(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    began = _count_readings(monkeypatch)
    for frame in film_frames(copy):
        assert read_grey(frame).ndim == 2
        assert read_color(frame).ndim == 3
    assert began == [copy, copy]


def _count_readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files that are decoded from their beginning, filled while they are."""
    began: list[Path] = []

    def begin(path: Path) -> Iterator[tuple[float | None, Picture]]:
        began.append(path)
        return decoded(path)

    monkeypatch.setattr(film_module, "decoded", begin)
    return began


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    for name, data in (("empty.mp4", b""), ("text.avi", b"no video")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(VideoError, match="expected a video"):
            film_frames(tmp_path / name, 25.0)
    with pytest.raises(VideoError, match="restore the video"):
        read_grey(tmp_path / "none.mp4" / "3")


def test_identity_is_that_of_the_file_and_the_frames(clip: Path, tmp_path: Path) -> None:
    frames, fewer = film_frames(clip, 25.0), film_frames(clip, 12.5)
    moved = tmp_path / "moved" / clip.name
    moved.parent.mkdir()
    moved.write_bytes(clip.read_bytes())
    there = [moved / frame.name for frame in frames]
    assert content(there) == content(frames) != content(fewer)
    assert fingerprint(frames) != fingerprint(fewer)
    moved.write_bytes(moved.read_bytes() + b"\0")
    assert content(there) != content(frames)
    assert fingerprint(there) != fingerprint(frames)


def test_pixels_are_those_of_the_other_reader(clip: Path) -> None:
    from metst.video.clip import frames_of

    expected = [frame for _, frame in frames_of(clip)]
    for number in (1, 33, 80):
        np.testing.assert_array_equal(read_grey(clip / str(number)), expected[number - 1])
