"""Pictures as an mp4 file, each shown at its own time."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from metst.base.errors import VideoError
from metst.video.decoding import Picture

TICK = Fraction(1, 90000)
"""Unit of the time stamps, in seconds."""

SMPTE_170M = 6
"""How FFmpeg makes colors of pictures (ITU-T H.273); unnamed, players take others for HD."""

_OPTIONS = {"crf": "18", "preset": "veryfast", "g": "30"}
"""`g`: every 30th picture at least stands for itself, so that a player finds any of them soon."""


def write_mp4(
    path: Path, shown: Iterable[tuple[Picture, float]], codecs: Sequence[str], remedy: str
) -> None:
    """Write a video of pictures with even sides.

    Args:
        path: the file.
        shown: pictures (H, W, 3) of equal size, and when each is shown, in seconds, ascending.
        codecs: encoders by preference.
        remedy: what a user can do where FFmpeg has none of them.

    Raises:
        VideoError: this build of FFmpeg cannot write it.
    """
    try:
        with path.open("wb") as file, av.open(file, "w", format="mp4") as container:
            codec = next(codec for codec in codecs if codec in av.codecs_available)
            stream = container.add_stream(codec, options=_OPTIONS)
            assert isinstance(stream, VideoStream)
            context = stream.codec_context
            stream.time_base = context.time_base = TICK
            context.colorspace = context.color_primaries = context.color_trc = SMPTE_170M
            for number, (picture, second) in enumerate(shown):
                if not number:
                    stream.height, stream.width = picture.shape[:2]
                    stream.pix_fmt = "yuv420p"
                frame = VideoFrame.from_ndarray(picture, "bgr24")
                frame.pts, frame.time_base = round(second / TICK), TICK
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except (av.FFmpegError, StopIteration) as error:
        msg = f"this build of FFmpeg cannot write mp4 ({error}); {remedy}"
        raise VideoError(path, msg) from error
