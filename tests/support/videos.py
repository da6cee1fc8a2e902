"""Videos that tests make."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def write_video(
    path: Path,
    frames: Iterable[Picture],
    fps: float = 30.0,
    codec: str = "mpeg4",
    *,
    ticks: Sequence[int] | None = None,
    pixels: str | None = None,
    rotation: int = 0,
    options: Mapping[str, str] | None = None,
    header: Mapping[str, str] | None = None,
) -> Path:
    """Write color frames (H, W, 3) as a file; the suffix chooses the container.

    Args:
        codec: as FFmpeg calls it.
        ticks: when each frame is shown, in 1 / `fps` s; default: one after the other.
        pixels: pixel format; default: the codec's first.
        rotation: degrees by which a player has to turn the picture, counterclockwise.
        options: of the codec.
        header: options of the container.
    """
    with av.open(str(path), "w", options=dict(header or {})) as container:
        stream = container.add_stream(codec, Fraction(fps).limit_denominator(1001))
        assert isinstance(stream, VideoStream)
        stream.options = dict(options or {"qscale": "2"})
        stream.bit_rate = 8_000_000
        for number, picture in enumerate(frames):
            if not number:
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = pixels or _formats(codec)[0]
                if rotation:
                    stream.set_display_rotation(rotation)
            frame = VideoFrame.from_ndarray(picture, "bgr24")
            frame.time_base = 1 / Fraction(fps).limit_denominator(1001)
            frame.pts = number if ticks is None else ticks[number]
            container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    return path


def _formats(codec: str) -> list[str]:
    """Pixel formats of an encoder, the best first."""
    return [known.name for known in av.Codec(codec, "w").video_formats or []]


def numbered(count: int, size: int = 64) -> list[Picture]:
    """Pictures whose brightness shows their number: 2 grey levels per frame, from 20 on."""
    return [np.full((size, size, 3), 20 + 2 * i, np.uint8) for i in range(count)]


def number_of(frame: NDArray[np.uint8]) -> int:
    """Number of a picture of `numbered`, from its brightness; of images and `mjpeg`.

    Conversion to another pixel format and back makes pictures darker by up to 1.3 there, and
    unevenly in formats of less range.
    """
    return round((float(frame.mean()) - 19.2) / 2)


def damaged(path: Path, numbers: range) -> Path:
    """The file with zeros in place of some frames, from 1."""
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        places = [(p.pos, p.size) for p in container.demux(video=0) if p.size and p.pos is not None]
    for at, size in (places[number - 1] for number in numbers):
        data[at : at + size] = bytes(size)
    path.write_bytes(data)
    return path


def images(folder: Path) -> Sequence[Picture]:
    """Pictures of a folder that are named by their numbers."""
    files = sorted(folder.glob("*.jpg"), key=lambda file: int(file.stem))
    return [np.asarray(cv2.imread(str(file)), np.uint8) for file in files]
