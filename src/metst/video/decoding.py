"""Video files, decoded by FFmpeg (PyAV): every picture with its time stamp, and what was odd.

Containers state a frame count and a frame rate that may be estimates; here every time comes from a
time stamp, and damage is what could not be decoded, or a file that ends before its stated end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import av
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray

from metst.base.errors import VideoError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Picture = NDArray[np.uint8]
"""Image (H, W, 3) in OpenCV's order blue, green, red."""

STATES_DURATION = frozenset({"matroska", "mov", "flv"})
"""Containers whose header states a duration; of others FFmpeg estimates it from rate and size."""

EARLY = 0.2
"""Seconds, and `EARLY_STEPS` frames, by which a whole file may end before its stated end."""

EARLY_STEPS = 3.5

EXPECTED = "expected a video (mp4, avi, mov, ...)"

_OPTIONS = {"protocol_whitelist": "none"}
"""No playlist opens another file or address: FFmpeg is given the bytes of one file."""


@dataclass
class Record:
    """What decoding a file to its end has shown.

    Attributes:
        rate: frames per second by the container, for pictures without a time stamp; 0: unknown.
        streams: number of video streams in the file.
        codec: name of the codec, and `pixels` that of the format of its pictures, as in FFmpeg.
        reorders: whether pictures may be shown in another order than they are stored in.
        size: width and height of the first picture, as stored.
        resized: number of the first picture of another size, from 1.
        pictures: that were decoded.
        interlaced: pictures of two fields.
        flawed: frames that could not be decoded, or only in part.
        reason: why the first of them could not.
        stated: seconds at which the container states that it ends; None where it does not.
        end: seconds at which the last packet of any stream ended.
        stopped: the error that ended the reading.
    """

    rate: float = 0.0
    streams: int = 1
    codec: str = ""
    pixels: str | None = None
    reorders: bool = False
    size: tuple[int, int] = (0, 0)
    resized: int = 0
    pictures: int = 0
    interlaced: int = 0
    flawed: int = 0
    reason: str = ""
    stated: float | None = None
    end: float = 0.0
    stopped: str = ""

    def notes(self) -> list[str]:
        """What a reader of the results should know."""
        notes: list[str] = []
        width, height = self.size
        if self.streams > 1:
            notes.append(f"{self.streams} video streams: the first, {width} x {height}, was read")
        if self.resized:
            notes.append(
                f"the picture size changes at frame {self.resized}: scaled to the first frame's, "
                f"{width} x {height}"
            )
        if 2 * self.interlaced > self.pictures:
            notes.append(
                "interlaced: each frame mixes two instants; deinterlace the file first, for "
                "example with ffmpeg -vf bwdif"
            )
        if self.flawed:
            notes.append(
                f"damaged: {self.flawed} frames could not be decoded, or only in part, and are "
                "left out"
            )
        if self.stopped:
            notes.append(f"damaged: it cannot be read to its end ({self.stopped})")
        if self.ends_early:
            notes.append(f"cut off: the file ends after {self.end:.2f} of {self.stated:.2f} s")
        return notes

    @property
    def ends_early(self) -> bool:
        """Whether the file ends before its stated end."""
        if self.stated is None or not self.pictures:
            return False
        return self.stated - self.end > max(EARLY, EARLY_STEPS * self.end / self.pictures)


def decoded(path: Path, record: Record | None = None) -> Iterator[tuple[float | None, Picture]]:
    """Time stamp in seconds, None where there is none, and picture of every frame, in order.

    Pictures are rotated as their metadata state, and have the size of the first one. What cannot be
    decoded is left out; two readings give the same.

    Args:
        path: the file.
        record: is filled while the pictures are taken.

    Raises:
        VideoError: there is no such file, or it holds no video.
    """
    record = Record() if record is None else record
    with _opened(path, record) as (container, stream):
        for frame in _frames(container, stream, record):
            record.pictures += 1
            record.interlaced += frame.interlaced_frame
            record.size = record.size if any(record.size) else (frame.width, frame.height)
            if (frame.width, frame.height) != record.size:
                record.resized = record.resized or record.pictures
            yield _seconds(frame, stream), _picture(path, frame, *record.size)


@contextmanager
def _opened(path: Path, record: Record) -> "Iterator[tuple[InputContainer, VideoStream]]":
    """The file and its first video stream."""
    if not path.is_file():
        found = "something else" if path.exists() else "nothing"
        raise VideoError(path, f"expected a video file or a folder of images, found {found}")
    # FFmpeg would take a name like `a:b.avi` or `%d.jpg` for an address or a pattern.
    with path.open("rb") as file, _container(path, file) as container:
        streams = [s for s in container.streams.video if not _is_cover(s)]
        if not streams or streams[0].codec_context is None:
            found = "a picture in an unknown codec" if streams else "no moving picture"
            raise VideoError(path, f"{EXPECTED}, found {found}")
        # Damaged frames come out the same in every reading with one thread only; measuring takes
        # longer than decoding, so more threads would gain little.
        streams[0].codec_context.thread_count = 1
        _note_statements(container, streams[0], record)
        record.streams = len(streams)
        yield container, streams[0]


def _container(path: Path, file: BinaryIO) -> "InputContainer":
    try:
        return av.open(file, "r", options=dict(_OPTIONS), metadata_errors="replace")
    except (av.FFmpegError, OSError) as error:
        size = path.stat().st_size
        found = "found bytes of no video, or one that was cut off" if size else "the file is empty"
        raise VideoError(path, f"{EXPECTED}; {found}") from error


def _is_cover(stream: "Stream") -> bool:
    """Whether a stream is the cover of a record, or pictures for looking a place up."""
    return bool(stream.disposition & (Disposition.attached_pic | Disposition.timed_thumbnails))


def _note_statements(container: "InputContainer", stream: "VideoStream", record: Record) -> None:
    record.rate = float(stream.guessed_rate or stream.average_rate or 0)
    record.codec, record.pixels = stream.codec_context.name, stream.codec_context.pix_fmt
    record.reorders = stream.codec_context.has_b_frames
    formats = set(container.format.name.split(","))
    if formats & STATES_DURATION and container.duration is not None:
        record.stated = container.duration / av.time_base
    elif "avi" in formats and stream.frames and stream.average_rate:
        # An AVI file without an index has a duration by its size alone.
        record.stated = float(stream.frames / stream.average_rate)


def stamps(path: Path, record: Record) -> list[float | None]:
    """Time stamp in seconds of every picture in the order of the file, without decoding.

    They can be in decoding order. Pictures that cannot be decoded are there, too.

    Args:
        path: the file.
        record: is filled with what the container shows.

    Raises:
        VideoError: there is no such file, or it holds no video.
    """
    with _opened(path, record) as (container, stream):
        found = [
            None if packet.pts is None else float(packet.pts * packet.time_base)
            for packet in _packets(container, record)
            if packet.stream_index == stream.index and not (packet.is_corrupt or packet.is_discard)
        ]
    record.pictures = len(found)
    return found


def _packets(container: "InputContainer", record: Record) -> "Iterator[Packet[Stream]]":
    """Every packet of the file, until its end or an error."""
    try:
        for packet in container.demux():
            if not packet.size:
                continue  # a frame that the camera dropped, or PyAV's sign of the end
            start = packet.dts if packet.pts is None else packet.pts
            if start is not None:
                end = float((start + (packet.duration or 0)) * packet.time_base)
                record.end = max(record.end, end)
            yield packet
    except (av.FFmpegError, OSError) as error:
        record.stopped = str(error.strerror)


def _frames(
    container: "InputContainer", stream: "VideoStream", record: Record
) -> "Iterator[VideoFrame]":
    """Every frame that can be decoded."""
    for packet in _packets(container, record):
        if packet.stream_index == stream.index:
            yield from _of_packet(stream, packet, record)
    yield from _of_packet(stream, None, record)


def _of_packet(
    stream: "VideoStream", packet: "Packet[Stream] | None", record: Record
) -> "Iterator[VideoFrame]":
    """Whole frames that come out when a packet, or the end (None), goes in."""
    if packet is not None and packet.is_corrupt:
        record.flawed += 1
        return
    try:
        frames = stream.decode(packet)
    except av.FFmpegError as error:
        record.flawed, record.reason = record.flawed + 1, record.reason or str(error.strerror)
        return
    for frame in frames:
        if frame.is_corrupt:
            record.flawed += 1
        else:
            yield frame


def _seconds(frame: "VideoFrame", stream: "VideoStream") -> float | None:
    """Time stamp of a frame; its own time base is unknown behind the last packet."""
    if frame.pts is None or stream.time_base is None:
        return None
    return float(frame.pts * stream.time_base)


def _picture(path: Path, frame: "VideoFrame", width: int, height: int) -> Picture:
    """A frame in color, upright; bicubic as in OpenCV, so that both give the same pixels."""
    try:
        shown = frame.reformat(width, height, "bgr24", interpolation="BICUBIC")
        picture = shown.to_ndarray()
    except (av.FFmpegError, ValueError) as error:
        msg = f"expected pictures that can be shown, found pixels of format {frame.format.name}"
        raise VideoError(path, msg) from error
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(picture, turns), np.uint8)
