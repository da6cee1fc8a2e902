"""The page of an analysis: curves, intervals and, beside them, the video.

One HTML file that opens from disk; all that it asks for is the video. Scripts, styles and the
packing of curves are shared with the report.
"""

import base64
import math
import zlib
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from metst import __version__
from metst.predict.analysis import FIRST, Analysis
from metst.predict.places import title
from metst.report.html import asset, templates
from metst.report.packing import pack

FILE = "page.html"

STYLES = ("vendor/uPlot.min.css", "page.css")
SCRIPTS = ("vendor/uPlot.iife.min.js", "decode.js", "intervals.js", "plots.js")
"""Of the report."""

OWN = "metst.predict"
"""Package whose folder `page` holds the page's own."""

OWN_STYLES = ("player.css",)
OWN_SCRIPTS = ("media.js", "reading.js", "curves.js", "player.js")

MEDIA = "; media-src 'self' file: blob:"
"""What a page with a video may load beside what every page may."""

STEP, STEPS = 1e-3, 16000
"""Curves are rounded to whole steps, of which no value has more than `STEPS`."""

TICK = 1e-5
"""Times are rounded to so many seconds."""


def page(analysis: Analysis, video: str | None) -> str:
    """The page as text.

    Args:
        analysis: of a video.
        video: its address, relative to the page; None leaves it out.
    """
    rows = _curves(analysis)
    steps = [max(STEP, float(np.abs(row).max(initial=0.0)) / STEPS) for row in rows]
    digits = max(1, math.ceil(-math.log10(analysis.frame_seconds)))  # of seconds: frames differ
    styles, scripts = ([asset(name, OWN) for name in names] for names in (OWN_STYLES, OWN_SCRIPTS))
    return (
        templates(OWN)
        .get_template("page.html")
        .render(
            kind="metst predict",
            media=Markup(MEDIA if video else ""),
            title=title(analysis.path),
            analysis=analysis,
            video=video,
            digits=digits,
            notes=[*analysis.notes, *filter(None, [analysis.quiet])],
            manifest=_manifest(analysis, digits) | {"steps": steps},
            curves=pack(rows, steps),
            times=_packed(np.rint(analysis.times / TICK)),
            styles=[*map(asset, STYLES), *styles],
            scripts=[*map(asset, SCRIPTS), *scripts],
            version=__version__,
        )
    )


def _places(analysis: Analysis) -> NDArray[np.int64]:
    """(n,) place of the curves that stands for each frame of the video."""
    every = np.arange(len(analysis.times)) + FIRST
    return np.searchsorted(analysis.frames, every, side="right").clip(min=1) - 1


def _curves(analysis: Analysis) -> list[NDArray[np.float64]]:
    """Score, smoothed score and class probabilities but the last, each (n,) by frame."""
    shares = analysis.probabilities
    classes = [] if shares is None else list(shares.T[:-1])
    places = _places(analysis)
    return [curve[places] for curve in (analysis.score, analysis.smoothed, *classes)]


def _manifest(analysis: Analysis, digits: int) -> dict[str, Any]:
    """What the page's scripts know beside curves and times; frames are numbers from `FIRST`."""
    seen = analysis.analyzed[_places(analysis)]
    edges = np.flatnonzero(np.diff(seen, prepend=True, append=True)).reshape(-1, 2)
    return {
        "classes": analysis.about.classes,
        "threshold": analysis.threshold,
        "tick": TICK,
        "step": analysis.frame_seconds,
        "digits": digits,
        "intervals": [
            {"onset": x.onset, "apex": x.apex, "offset": x.offset, "emotion": x.emotion}
            for x in analysis.intervals
        ],
        "blanks": [[first + FIRST, end] for first, end in edges.tolist()],
        "cuts": [int(analysis.frames[shot.first]) for shot in analysis.shots[1:]],
    }


def _packed(values: NDArray[np.float64]) -> str:
    """Text of ascending whole numbers: differences of 32 bits, deflated."""
    differences = np.diff(values, prepend=0.0).astype("<i4")
    return base64.b64encode(zlib.compress(differences.tobytes(), 9)).decode()
