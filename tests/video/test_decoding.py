"""Containers and codecs as cameras, phones and screen recorders write them, whole and damaged."""

import os
import struct
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from metst.base.errors import VideoError
from metst.video.clip import Clip, survey
from metst.video.decoding import Record, decoded
from tests.support.videos import numbered, write_video

WITH_B = {"bf": "3", "preset": "ultrafast"}
"""Options of x264: frames are stored in another order than they are shown."""

WHOLE = {
    "a.mp4": ("mpeg4", {}),
    "b.mp4": ("libx264", {"options": WITH_B}),
    "fragments.mp4": ("libx264", {"header": {"movflags": "frag_keyframe+empty_moov"}}),
    "a.mov": ("mjpeg", {}),
    "a.3gp": ("mpeg4", {}),
    "a.avi": ("mjpeg", {}),
    "b.avi": ("libx264", {"options": WITH_B}),
    "a.mkv": ("ffv1", {}),
    "b.mkv": ("libx264", {"options": WITH_B}),
    "grey.mkv": ("ffv1", {"pixels": "gray"}),
    "alpha.mkv": ("ffv1", {"pixels": "bgra"}),
    "ten.mkv": ("ffv1", {"pixels": "yuv420p10le"}),
    "a.webm": ("libvpx", {}),
    "a.ts": ("libx264", {"options": WITH_B}),
    "a.flv": ("libx264", {"options": WITH_B}),
    "a.gif": ("gif", {}),
    "a.wmv": ("wmv2", {}),
    "late.mkv": ("mjpeg", {"ticks": range(90000, 90050)}),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_has_its_frames_and_times_and_no_note(tmp_path: Path, name: str) -> None:
    codec, more = WHOLE[name]
    path = write_video(tmp_path / name, numbered(50), fps=25, codec=codec, **more)
    found = survey(path)
    assert found.notes == ()
    assert found.cuts == ()
    assert found.seconds == pytest.approx(np.arange(50) / 25, abs=1.1e-3)
    brightness = [picture.mean() for _, picture in decoded(path)]
    assert (np.diff(brightness) > 0).all()  # in the order of time


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.webm"])
@pytest.mark.parametrize("first", [15, 30])
def test_a_rate_that_changes_is_noted_and_nothing_else(
    tmp_path: Path, name: str, first: int
) -> None:
    step = 30 // first  # in 1/30 s; from 15 to 30 frames/s, or back
    ticks = np.cumsum([0, *[step] * 40, *[3 - step] * 40]).tolist()
    codec = {"a.mkv": "mjpeg", "a.mp4": "libx264", "a.webm": "libvpx"}[name]
    path = write_video(tmp_path / name, numbered(81), codec=codec, ticks=ticks)
    found = survey(path)
    assert found.notes == ("its frame rate varies, or frames are missing: time stamps decide",)
    assert found.seconds == pytest.approx(np.array(ticks) / 30, abs=1.1e-3)


def noise(count: int) -> np.ndarray:
    """Pictures that need many bytes, so that a cut anywhere hits one of them."""
    return np.random.default_rng(0).integers(0, 255, (count, 64, 64, 3)).astype(np.uint8)


@pytest.mark.parametrize("name", ["a.avi", "a.mkv", "a.webm", "a.flv", "fast.mp4", "fragments.mp4"])
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_file_that_was_cut_off_says_so(tmp_path: Path, name: str, share: float) -> None:
    codec = {"a.avi": "mjpeg", "a.mkv": "ffv1", "a.webm": "libvpx"}.get(name, "libx264")
    flags = {"fast.mp4": "faststart", "fragments.mp4": "frag_keyframe+empty_moov"}
    header = {"movflags": flags[name]} if name in flags else None
    path = write_video(tmp_path / name, noise(60), codec=codec, header=header)
    assert survey(path).notes == ()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    found = survey(path)
    assert 10 < len(found.seconds) < 60 * share + 5
    assert any(note.startswith(("cut off: the file ends", "damaged")) for note in found.notes)


@pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.ts", "a.mkv"])
def test_bytes_that_were_lost_are_noted_and_readings_agree(tmp_path: Path, name: str) -> None:
    path = write_video(tmp_path / name, noise(60), codec="libx264", options=WITH_B)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    found = survey(path)
    assert any(note.startswith("damaged") for note in found.notes)
    first, second = ([picture for _, picture in decoded(path)] for _ in range(2))
    assert len(first) == len(found.seconds) > 20
    assert np.array_equal(first, second)


def test_frames_that_a_camera_dropped_are_no_damage(tmp_path: Path) -> None:
    """AVI keeps an empty chunk for each of them, and counts it."""
    path = write_video(tmp_path / "a.avi", numbered(50), codec="mjpeg")
    data = path.read_bytes()
    movie = data.index(b"movi") + 4
    chunks, place = [], movie
    while data[place : place + 4] == b"00dc":
        size = struct.unpack("<I", data[place + 4 : place + 8])[0]
        end = place + 8 + size + size % 2
        chunks.append(data[place:end] if len(chunks) % 10 != 5 else b"00dc" + bytes(4))
        place = end
    body = b"".join(chunks)
    length = struct.pack("<I", len(body) + 4)
    path.write_bytes(data[: movie - 8] + length + b"movi" + body)
    found = survey(path)
    kept = [i for i in range(50) if i % 10 != 5]
    assert found.seconds == pytest.approx(np.array(kept) / 30, abs=1e-3)
    assert found.notes == ("its frame rate varies, or frames are missing: time stamps decide",)


@pytest.mark.parametrize(("degrees", "turns"), [(90, 1), (180, 2), (-90, 3), (90.4, 1), (0, 0)])
def test_rotation_of_a_phone_is_undone(tmp_path: Path, degrees: float, turns: int) -> None:
    wide = np.zeros((48, 96, 3), np.uint8)
    wide[:, :24] = 255
    path = write_video(tmp_path / "a.mp4", [wide] * 5, rotation=degrees)
    frame = Clip(path, np.arange(5)).read(0)
    expected = np.rot90(wide[..., 0], turns)
    assert frame.shape == expected.shape
    assert np.abs(frame.astype(int) - expected).mean() < 12


def test_pixels_are_those_of_opencv(tmp_path: Path) -> None:
    smooth = [cv2.GaussianBlur(picture, (9, 9), 3) for picture in noise(5)]
    path = write_video(tmp_path / "a.mp4", smooth, codec="mpeg4")
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    for _, picture in decoded(path):
        difference = picture.astype(int) - capture.read()[1]
        assert np.abs(difference).max() <= 1  # the two may bring different builds of FFmpeg
    assert not capture.read()[0]


def test_interlaced_pictures_are_read_and_noted(tmp_path: Path) -> None:
    options = {"flags": "+ildct+ilme"}
    path = write_video(tmp_path / "a.mpg", numbered(30), codec="mpeg2video", options=options)
    found = survey(path)
    assert len(found.seconds) == 30
    assert "interlaced" in found.notes[0]
    assert [round(p.mean()) for _, p in decoded(path)][-1] > 70


def several(path: Path, sizes: list[tuple[int, int]], *, cover: bool = False) -> Path:
    """A file with several video streams (width, height); the first may be a cover picture."""
    with av.open(str(path), "w") as container:
        streams = []
        for width, height in sizes:
            stream = container.add_stream("mjpeg", Fraction(30))
            assert isinstance(stream, VideoStream)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
            streams.append(stream)
        if cover:
            streams[0].disposition = av.stream.Disposition.attached_pic
        for number in range(20):
            for stream in streams[cover and number > 0 :]:
                picture = np.full((stream.height, stream.width, 3), 100, np.uint8)
                frame = VideoFrame.from_ndarray(picture, "bgr24").reformat(format="yuvj420p")
                frame.pts, frame.time_base = number, Fraction(1, 30)
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    return path


def test_of_several_streams_the_first_is_read(tmp_path: Path) -> None:
    found = survey(several(tmp_path / "a.mkv", [(64, 48), (32, 32)]))
    assert len(found.seconds) == 20
    assert found.notes == ("2 video streams: the first, 64 x 48, was read",)


def test_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = several(tmp_path / "a.mp4", [(32, 32), (64, 48)], cover=True)
    record = Record()
    assert len(list(decoded(path, record))) == 20
    assert record.size == (64, 48)
    path = several(tmp_path / "b.mp4", [(32, 32)], cover=True)
    with pytest.raises(VideoError, match="no moving picture"):
        survey(path)


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", 44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), "fltp", "mono")
        sound.sample_rate = 44100
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    with pytest.raises(VideoError, match="no moving picture"):
        survey(path)


def test_an_unknown_codec_is_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", numbered(5), codec="mjpeg")
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"ZZZZ"))
    with pytest.raises(VideoError, match="unknown codec"):
        survey(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.mp4\n#EXT-X-ENDLIST\n"),
        ("a.ffconcat", "ffconcat version 1.0\nfile a.mp4\n"),
    ],
)
def test_a_playlist_opens_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_video(Path("a.mp4"), numbered(5))
    Path(name).write_text(text)
    with pytest.raises(VideoError, match="expected a video"):
        survey(Path(name))


NAMES = [
    "interview-12:30.avi", "-clip.avi", "take%03d.avi", "a#1.avi", "why?.avi", "a b.avi",
    "file:x.avi", "concat:x.avi", "it's \"one\".avi", "a\nb.avi", "采访.avi", "http:x.avi",
    "x|y.avi", "no_suffix", "[red].avi", "$a_b$.avi", "~.avi",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_a_local_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_video(Path("plain.avi"), numbered(5), codec="mjpeg").rename(name)
    assert len(survey(Path(name)).seconds) == 5


def test_a_name_of_other_bytes_is_a_local_file(tmp_path: Path) -> None:
    path = write_video(tmp_path / "plain.avi", numbered(5), codec="mjpeg")
    other = tmp_path / os.fsdecode(b"\xb2\xc9\xb7\xc3.avi")  # GBK
    try:
        path.rename(other)
    except OSError:
        pytest.skip("this file system keeps UTF-8 names only")
    assert len(survey(other).seconds) == 5


def test_a_link_is_followed_and_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = write_video(tmp_path / "plain.avi", numbered(5), codec="mjpeg")
    (tmp_path / "link.avi").symlink_to(path)
    assert len(survey(tmp_path / "link.avi").seconds) == 5
    os.mkfifo(tmp_path / "pipe.avi")
    for place, found in (("pipe.avi", "something else"), ("none.avi", "nothing")):
        with pytest.raises(VideoError, match=f"found {found}"):
            survey(tmp_path / place)
    with pytest.raises(VideoError, match="found something else"):
        survey(Path(os.devnull))
