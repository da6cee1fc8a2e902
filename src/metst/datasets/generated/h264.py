"""H.264 through FFmpeg's x264: a recording and what is left of it, and clips to look at.

The same frames give the same bytes, on any machine: one thread, a fixed preset, and colors that are
converted by OpenCV in whole numbers.
"""

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import av
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from metst.base.files import write_atomic
from metst.datasets.generated.filming import Picture

if TYPE_CHECKING:
    from av.packet import Packet

PRESET: Final = "veryfast"

REPEATABLE: Final = "cpu-independent=1:mbtree=0"
"""With macroblock trees, x264's vector code gives other bytes in one of ten recordings."""

CLIP_RATE: Final = 20
"""Constant rate factor of clips: hardly any difference to the frames is seen."""

PIXELS: Final = "yuv420p"


def compressed(frames: Iterable[Picture], fps: float, crf: int) -> Iterator[Picture]:
    """Frames (H, W, 3) as they come out of a recording in H.264, as many and in the same order.

    Nothing but the frames that the codec looks ahead is held in memory.

    Args:
        frames: blue, green, red; of one size, H and W above 1.
        fps: frames per second.
        crf: constant rate factor, 0 (without loss) to 51.
    """
    encoder = VideoCodecContext.create("libx264", "w")
    decoder = VideoCodecContext.create("h264", "r")
    decoder.thread_count = 1
    size = (0, 0)
    for number, picture in enumerate(frames):
        if not number:
            size = picture.shape[:2]
            _prepare(encoder, size, fps, crf)
        yield from _decoded(decoder, encoder.encode(_frame(picture, number)), size)
    if encoder.is_open:
        yield from _decoded(decoder, [*encoder.encode(None), None], size)


def write_clip(path: Path, frames: Iterable[Picture], fps: float) -> None:
    """Write frames (H, W, 3) as an mp4 that every browser plays.

    Raises:
        OSError: the file cannot be written.
    """
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", _rate(fps))
        for number, picture in enumerate(frames):
            if not number:
                _prepare(stream.codec_context, picture.shape[:2], fps, CLIP_RATE)
            container.mux(stream.encode(_frame(picture, number)))
        container.mux(stream.encode(None))
    write_atomic(path, buffer.getvalue())


def _prepare(encoder: VideoCodecContext, size: tuple[int, ...], fps: float, crf: int) -> None:
    encoder.height, encoder.width = (_even(side) for side in size)
    encoder.pix_fmt = PIXELS
    encoder.framerate, encoder.time_base = _rate(fps), 1 / _rate(fps)
    encoder.thread_count = 1
    encoder.options = {"preset": PRESET, "crf": str(crf), "x264-params": REPEATABLE}


def _decoded(
    decoder: VideoCodecContext, packets: "Iterable[Packet[Any] | None]", size: tuple[int, ...]
) -> Iterator[Picture]:
    height, width = size
    for packet in packets:
        for frame in decoder.decode(packet):
            picture = cv2.cvtColor(frame.to_ndarray(), cv2.COLOR_YUV2BGR_I420)
            yield np.ascontiguousarray(picture[:height, :width], np.uint8)


def _frame(picture: Picture, number: int) -> VideoFrame:
    """A frame with even sides, as the pixel format asks: the last row or column is repeated."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), "edge")
    planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
    frame = VideoFrame.from_ndarray(planes, PIXELS)
    frame.pts = number
    return frame


def _even(side: int) -> int:
    return side + side % 2


def _rate(fps: float) -> Fraction:
    return Fraction(fps).limit_denominator(1001)
