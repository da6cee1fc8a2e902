"""Annotation files and subtitles: what is written, by the rules of their formats."""

from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from metst.datasets.labels.elan import Span, read_eaf
from metst.predict import eaf
from metst.predict.analysis import Analysis, Interval
from metst.predict.changes import compare
from metst.predict.vtt import vtt

FPS = 25.0
CHILDREN = {
    "ANNOTATION_DOCUMENT": ["HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE"],
    "HEADER": ["MEDIA_DESCRIPTOR", "LINKED_FILE_DESCRIPTOR"],
    "TIME_ORDER": ["TIME_SLOT"],
    "TIER": ["ANNOTATION"],
    "ANNOTATION": ["ALIGNABLE_ANNOTATION"],
    "ALIGNABLE_ANNOTATION": ["ANNOTATION_VALUE"],
}
"""Children of the elements that are used, in the order of EAFv3.0.xsd."""

REQUIRED = {
    "ANNOTATION_DOCUMENT": {"DATE", "AUTHOR", "VERSION"},
    "MEDIA_DESCRIPTOR": {"MEDIA_URL", "MIME_TYPE"},
    "LINKED_FILE_DESCRIPTOR": {"LINK_URL", "MIME_TYPE"},
    "TIME_SLOT": {"TIME_SLOT_ID"},
    "TIER": {"TIER_ID", "LINGUISTIC_TYPE_REF"},
    "ALIGNABLE_ANNOTATION": {"ANNOTATION_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"},
    "LINGUISTIC_TYPE": {"LINGUISTIC_TYPE_ID"},
}


def _interval(onset: int, offset: int, emotion: str = "positive") -> Interval:
    apex = (onset + offset) // 2
    seconds = [(frame - 1) / FPS for frame in (onset, apex, offset)]
    return Interval(onset, apex, offset, *seconds, emotion, 0.5, (0.75, 0.25))  # type: ignore[misc]


INTERVALS = (_interval(26, 37), _interval(30, 45, "a & <b>"), _interval(46, 50, ""))


@pytest.fixture
def analysis(tmp_path: Path) -> Analysis:
    """Curves of 60 frames, and intervals of which two overlap."""
    video = tmp_path / "clip [1] #ü.mp4"
    video.touch()
    frames = np.arange(60)
    made: Any = SimpleNamespace(
        path=video,
        about=SimpleNamespace(fps=FPS, classes=("positive", "neutral")),
        intervals=INTERVALS,
        frames=frames + 1,
        seconds=frames / FPS,
        score=frames / 60,
        smoothed=frames / 60,
        probabilities=np.full((60, 2), 0.5),
        frame_seconds=1 / FPS,
    )
    return made  # type: ignore[no-any-return]


def test_the_file_keeps_the_rules_of_the_format(analysis: Analysis, tmp_path: Path) -> None:
    root = ElementTree.fromstring(eaf.eaf(analysis, tmp_path))
    for element in root.iter():
        names = [child.tag for child in element]
        allowed = CHILDREN.get(element.tag, [])
        assert sorted(names, key=allowed.index) == names
        assert element.attrib.keys() >= REQUIRED.get(element.tag, set())
        assert all("#" not in url or url.startswith("#") for url in element.attrib.values())
    assert datetime.fromisoformat(root.attrib["DATE"]).tzinfo
    slots = {s.attrib["TIME_SLOT_ID"]: int(s.attrib["TIME_VALUE"]) for s in root.iter("TIME_SLOT")}
    assert list(slots.values()) == sorted(set(slots.values()))
    found = list(root.iter("ALIGNABLE_ANNOTATION"))
    assert len({a.attrib["ANNOTATION_ID"] for a in found}) == len(found) == 6
    kinds = {t.attrib["LINGUISTIC_TYPE_ID"] for t in root.iter("LINGUISTIC_TYPE")}
    for tier in root.iter("TIER"):
        assert tier.attrib["LINGUISTIC_TYPE_REF"] in kinds
        ends = [
            (slots[a.attrib["TIME_SLOT_REF1"]], slots[a.attrib["TIME_SLOT_REF2"]])
            for a in tier.iter("ALIGNABLE_ANNOTATION")
        ]
        assert all(start < end for start, end in ends)
        assert all(before[1] <= after[0] for before, after in pairwise(ends))


def test_what_is_written_is_read_back(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / eaf.FILE
    path.write_bytes(eaf.eaf(analysis, tmp_path))
    assert read_eaf(path) == {
        "micro": [Span(1000, 1480, "positive"), Span(1800, 2000, "")],
        "micro apex": [Span(1200, 1240, "0.500"), Span(1880, 1920, "0.500")],
        "micro 2": [Span(1160, 1800, "a & <b>")],
        "micro 2 apex": [Span(1440, 1480, "0.500")],
    }


def test_every_curve_is_a_track(analysis: Analysis, tmp_path: Path) -> None:
    table = eaf.curves(analysis)
    assert list(table) == ["seconds", "score", "smoothed", "p_positive", "p_neutral"]
    assert len(table) == 60
    root = ElementTree.fromstring(eaf.configuration(list(table), tmp_path))
    tracks = {t.attrib["name"]: t.find("sample-position/pos") for t in root.iter("track")}
    columns = {name: int(pos.attrib["col"]) for name, pos in tracks.items() if pos is not None}
    assert columns == {name: table.columns.get_loc(name) for name in list(table)[1:]}


def test_subtitles_last_as_long_as_the_intervals(analysis: Analysis) -> None:
    assert vtt(analysis).split("\n\n")[:3] == [
        "WEBVTT",
        "1\n00:00:01.000 --> 00:00:01.480\npositive 0.50",
        "2\n00:00:01.160 --> 00:00:01.800\na &amp; &lt;b&gt; 0.50",
    ]
    late = _interval(1 + round(3725.52 * FPS), 1 + round(3726 * FPS))
    analysis.intervals = (late,)  # type: ignore[misc]
    assert "01:02:05.520 --> 01:02:06.040\n" in vtt(analysis)


def test_changes_are_added_removed_moved_and_renamed() -> None:
    before = eaf.tiers(INTERVALS, 1 / FPS)
    after = {
        "micro": [Span(1040, 1480, "positive"), Span(1800, 2000, "negative")],
        "micro 2": [Span(3000, 3200, "surprise")],
        "note": [Span(0, 10, "late")],
        **{name: spans for name, spans in before.items() if name.endswith("apex")},
    }
    found = compare(before, after)
    assert [(c.tier, c.what, (c.after or c.before or ("",))[-1]) for c in found.changes] == [
        ("note", "added", "late"),
        ("micro", "moved", "positive"),
        ("micro", "removed", "a & <b>"),
        ("micro", "renamed", "negative"),
        ("micro", "added", "surprise"),
    ]
    assert found.same == 3
    assert compare(before, before).changes == ()
