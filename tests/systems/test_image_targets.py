"""Labels of the samples of MEAN, SOFTNet and SFAMNet."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from metst.datasets.labels.records import EMOTIONS, Expression, Kind, Recording, Timebase
from metst.intervals.spans import half_length, touching
from metst.systems.mean import targets as mean
from metst.systems.sfamnet import targets as sfamnet
from metst.systems.softnet import targets as softnet
from tests.support import parity

PATTERN = "systems/flow/postprocess*.json"

Case = dict[str, Any]


def each() -> pytest.MarkDecorator:
    named: list[tuple[str, object]] = [
        (f"{path.stem}-{i}", case)
        for path in parity.files(PATTERN)
        for i, case in enumerate(json.loads(path.read_text())["labels"])
    ]
    return pytest.mark.parametrize("case", parity.marked(named, PATTERN))


def text(labels: list[ArrayLike]) -> str:
    return "".join(str(int(label)) for label in np.concatenate(labels))


@each()
def test_labels_as_published(case: Case) -> None:
    videos = list(zip(case["n_frames"], case["gt"], strict=True))
    spans = [[(on, off) for on, _, off in rows] for _, rows in videos]
    k_p = half_length([span for of_video in spans for span in of_video], "micro")
    assert k_p == case["mean"]["k_p"] == case["softnet"]["k"]
    step = case["mean"]["k"]
    of_mean: list[ArrayLike] = [
        touching(n - step, of_video, k_p) for (n, _), of_video in zip(videos, spans, strict=True)
    ]
    assert text(of_mean) == case["mean"]["labels"]
    of_softnet: list[ArrayLike] = [
        touching(n - k_p, [(on + 1, off) for on, off in of_video], k_p)
        for (n, _), of_video in zip(videos, spans, strict=True)
    ]
    assert text(of_softnet) == case["softnet"]["labels"]


@each()
def test_labels_of_sfamnet_as_published(case: Case) -> None:
    expected = case["sfamnet"]
    pairs = []
    for v, count in enumerate(expected["n_samples"]):
        each = zip(case["gt"][v], expected["type"][v], expected["emotion"][v], strict=True)
        rows = [(on, apex, EMOTIONS.index(e)) for (on, apex, _), kind, e in each if kind == "micro"]
        pairs.append(sfamnet.sample_labels(count, rows, 4))
    assert text([spot for spot, _ in pairs]) == expected["spot"]
    assert text([emotion for _, emotion in pairs]) == expected["emotion_label"]


def recording(*rows: tuple[int, int | None, int, Kind]) -> Recording:
    """A video of 40 frames whose own frame numbers are the sub-sampled ones."""
    expressions = tuple(
        Expression("1", "v", on, apex, off, kind, "positive", "happy")
        for on, apex, off, kind in rows
    )
    return Recording("1", "v", 40, Timebase(30.0, first=0), expressions)


def ones(labels: ArrayLike) -> list[int]:
    return np.flatnonzero(labels).tolist()


def test_a_sample_counts_as_soon_as_its_frames_reach_the_me() -> None:
    video = recording((10, 12, 14, "micro"), (30, 32, 36, "macro"))
    assert ones(mean.spot_labels(video, 37, 4, "strict")) == list(range(7, 15))
    assert ones(softnet.spot_labels(video, 37, 4, "strict")) == list(range(8, 15))
    assert ones(softnet.spot_labels(video, 37, 4, "strict", "macro")) == list(range(28, 37))
    assert ones(softnet.spot_labels(recording((9, 9, 9, "micro")), 37, 4, "strict")) == []


def test_sfamnet_labels_the_second_half_of_the_rise() -> None:
    video = recording((9, None, 20, "micro"), (24, 30, 36, "macro"))
    spot, emotion = sfamnet.labels(video, 20, ("negative", "positive"), "strict")
    assert ones(spot) == [5, 6, 7]  # the apex, 14, is the middle
    assert emotion.tolist() == [2] * 5 + [1] * 3 + [2] * 12
    assert ones(sfamnet.labels(video, 20, ("negative",), "strict")[0]) == []
