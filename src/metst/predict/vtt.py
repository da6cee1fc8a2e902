"""An analysis as WebVTT: subtitles that video players and browsers show beside the video.

Format: https://www.w3.org/TR/webvtt1/
"""

from html import escape

from metst.predict.analysis import Analysis

FILE = "intervals.vtt"

NAMELESS = "micro-expression"
"""Text of an interval without an emotion."""


def vtt(analysis: Analysis) -> str:
    """A cue with emotion and score for each interval, by the time it begins."""
    step = analysis.frame_seconds
    cues = [
        f"{number}\n{_clock(x.onset_seconds)} --> {_clock(x.offset_seconds + step)}"
        f"\n{escape(x.emotion, quote=False) or NAMELESS} {x.score:.2f}\n"
        for number, x in enumerate(sorted(analysis.intervals, key=lambda x: x.onset), start=1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(seconds: float) -> str:
    """Hours, minutes, seconds, rounded to milliseconds."""
    milliseconds = round(1000 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
