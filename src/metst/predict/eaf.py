"""An analysis as an annotation file of ELAN: intervals on tiers, curves as a linked time series.

Format: https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf; the configuration of
time series, which ELAN describes nowhere, is as ELAN 6 writes it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import pandas as pd

from metst.datasets.labels.elan import Span
from metst.predict.analysis import Analysis, Interval

FILE, CURVES, CONFIGURATION = "intervals.eaf", "curves.csv", "intervals_tsconf.xml"
"""Names of the files; ELAN finds the last by that of the first."""

APEX = "{} apex"
"""Tier of the apexes of another tier; its texts are scores."""

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_PROVIDER = "mpi.eudico.client.annotator.timeseries.csv.CSVServiceProvider"
_COLORS = ("0,90,181", "220,50,32", "0,128,0", "120,80,160", "160,110,0", "90,90,90")
_MIME = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mpg": "video/mpeg", ".mpeg": "video/mpeg"}


def tiers(intervals: Sequence[Interval], step: float) -> dict[str, list[Span]]:
    """Intervals on `micro` with the emotion as text, apexes with the score on `micro apex`.

    Annotations of a tier cannot overlap: an interval that does is on `micro 2` and so on.

    Args:
        intervals: of a video, in the order of time.
        step: seconds that a frame is shown.
    """
    found: dict[str, list[Span]] = {"micro": [], APEX.format("micro"): []}
    for x in intervals:
        span = _span(x.onset_seconds, x.offset_seconds + step, x.emotion)
        number = 1
        while (lane := found.get(name := _lane(number))) and lane[-1].end > span.start:
            number += 1
        found.setdefault(name, []).append(span)
        apex = _span(x.apex_seconds, x.apex_seconds + step, f"{x.score:.3f}")
        found.setdefault(APEX.format(name), []).append(apex)
    return found


def eaf(analysis: Analysis, folder: Path) -> bytes:
    """The annotation file, to be written to `folder` beside `curves` and `configuration`."""
    root = Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "metst",
            "DATE": _now(),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": _XSI,
            "xsi:noNamespaceSchemaLocation": _SCHEMA,
        },
    )
    _add_header(root, analysis.path.resolve(), folder.absolute())
    _add_tiers(root, tiers(analysis.intervals, analysis.frame_seconds))
    kind = {"LINGUISTIC_TYPE_ID": "default-lt", "TIME_ALIGNABLE": "true"}
    SubElement(root, "LINGUISTIC_TYPE", {**kind, "GRAPHIC_REFERENCES": "false"})
    return _text(root)


def curves(analysis: Analysis) -> pd.DataFrame:
    """Seconds, score, smoothed score and class probabilities, one row per analyzed frame."""
    columns = {"seconds": analysis.seconds.round(3), "score": analysis.score}
    columns["smoothed"] = analysis.smoothed
    if analysis.probabilities is not None:
        for name, values in zip(analysis.about.classes, analysis.probabilities.T, strict=True):
            columns[f"p_{name}"] = values
    return pd.DataFrame(columns).round(5)


def configuration(names: Sequence[str], folder: Path) -> bytes:
    """What ELAN shall show of `curves`: a track per column after the seconds."""
    root = Element("timeseries", {"date": _now(), "version": "1.0"})
    source = {"sample-type": "Discontinuous Rate", "time-column": "0"}
    place = {"source-url": (folder.absolute() / CURVES).as_uri()}
    tracks = SubElement(root, "tracksource", {**source, **place})
    SubElement(tracks, "property", {"key": "provider", "value": _PROVIDER})
    for column, name in enumerate(names[1:], start=1):
        track = SubElement(tracks, "track", {"derivative": "0", "name": name})
        SubElement(track, "property", {"key": "detect-range", "value": "false"})
        position = SubElement(track, "sample-position")
        SubElement(position, "pos", {"col": str(column), "row": "0"})
        SubElement(track, "description")
        SubElement(track, "units")
        SubElement(track, "range", {"max": "1.0", "min": "0.0"})
        SubElement(track, "color").text = _COLORS[(column - 1) % len(_COLORS)]
    return _text(root)


def _lane(number: int) -> str:
    return "micro" if number == 1 else f"micro {number}"


def _span(start: float, end: float, text: str) -> Span:
    first = round(1000 * start)
    return Span(first, max(first + 1, round(1000 * end)), text)


def _add_header(root: Element, video: Path, folder: Path) -> None:
    header = SubElement(root, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    if video.is_file():  # of a folder of images ELAN shows the curves alone
        mime = {"MIME_TYPE": _MIME.get(video.suffix.lower(), "unknown")}
        SubElement(header, "MEDIA_DESCRIPTOR", {"MEDIA_URL": video.as_uri(), **mime})
    for name, kind in ((CURVES, "unknown"), (CONFIGURATION, "text/xml")):
        urls = {"LINK_URL": (folder / name).as_uri(), "RELATIVE_LINK_URL": f"./{name}"}
        SubElement(header, "LINKED_FILE_DESCRIPTOR", {**urls, "MIME_TYPE": kind})


def _add_tiers(root: Element, found: Mapping[str, Sequence[Span]]) -> None:
    times = sorted({time for spans in found.values() for span in spans for time in span[:2]})
    slots = {time: f"ts{number}" for number, time in enumerate(times, start=1)}
    order = SubElement(root, "TIME_ORDER")
    for time, slot in slots.items():
        SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": slot, "TIME_VALUE": str(time)})
    number = 0
    for name, spans in found.items():
        tier = SubElement(root, "TIER", {"LINGUISTIC_TYPE_REF": "default-lt", "TIER_ID": name})
        for start, end, text in spans:
            number += 1
            refs = {"TIME_SLOT_REF1": slots[start], "TIME_SLOT_REF2": slots[end]}
            place = SubElement(tier, "ANNOTATION")
            identity = {"ANNOTATION_ID": f"a{number}", **refs}
            annotation = SubElement(place, "ALIGNABLE_ANNOTATION", identity)
            SubElement(annotation, "ANNOTATION_VALUE").text = text


def _text(root: Element) -> bytes:
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, "UTF-8", xml_declaration=True)) + b"\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
