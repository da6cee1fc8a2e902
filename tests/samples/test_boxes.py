"""Where windows begin, and which annotated intervals are in them."""

import json
from pathlib import Path

import numpy as np
import pytest

from metst.base.randomness import generator
from metst.samples.boxes import WindowPlan, boxes_inside, fake_box, sequence_starts
from metst.systems.detector import CASME2_FAKES, CASME3_FAKES, SAMM_FAKES
from tests.support import parity


@pytest.mark.parametrize("path", parity.each("systems/spot/lgsnet*.json"))
def test_published_windows(path: Path) -> None:
    for case in json.loads(path.read_text()).get("windows", ()):
        frames, every = case["frames"], 128 // case["divisor"]
        boxes = [(*ends, 1 + i % 2) for i, ends in enumerate(case["gt"])]
        inside = [
            (start, found)
            for start in sequence_starts(frames, 128, every, pad=True).tolist()
            if (found := boxes_inside(boxes, start, 128))
        ]
        assert [start for start, _ in inside] == case["train_starts"]
        found = [[list(box[:2]) for box in boxes] for _, boxes in inside]
        assert found == case["train_boxes"]
        assert [[box[2] for box in boxes] for _, boxes in inside] == case["train_labels"]
        tested = sequence_starts(frames, 128, every // 2, pad=False)
        assert tested.tolist() == case["test_starts"]


def test_a_window_has_what_is_nearly_all_inside() -> None:
    box = [(100.0, 120.0, 2)]
    assert boxes_inside(box, 100, 128) == [(0, 20, 2)]
    assert boxes_inside(box, 101, 128) == [(0, 19, 2)]
    assert boxes_inside(box, 102, 128) == []  # nine tenths are not enough


def test_short_videos_have_one_window_or_none() -> None:
    assert sequence_starts(60, 128, 16, pad=True).tolist() == [0]
    assert sequence_starts(60, 128, 16, pad=False).tolist() == []


@pytest.mark.parametrize("fakes", [CASME2_FAKES, CASME3_FAKES, SAMM_FAKES])
def test_fake_intervals(fakes: tuple) -> None:
    plan, draw = WindowPlan(128, 32, 16, fakes), generator(1, "fakes")
    onset, offset, label = np.array([fake_box(plan, draw) for _ in range(2000)]).T
    assert (onset >= 0).all()
    assert (offset <= 128).all()
    assert (label == 0).all()
    usual = fakes[0]
    whole = offset < 128
    assert (offset - onset)[whole].min() == usual.shortest
    share = np.mean((offset - onset) <= (usual.longest or 128))
    assert share == pytest.approx(usual.share, abs=0.05)
