"""The floor is a quantile of what the curve reaches where no ME is annotated."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from metst.datasets.labels import Expression, Recording, Timebase
from metst.intervals.floor import LEAST, QUANTILE, learned_floor, stretches
from metst.intervals.spotting import Smoothed
from metst.predict import load_model
from metst.results.annotations import read_annotations
from metst.runner.config import build, experiment_parser

K_P = 3


def recording(frames: int, *intervals: tuple[int, int | None, int], first: int = 0) -> Recording:
    rows = tuple(Expression("s", "v", on, apex, off) for on, apex, off in intervals)
    return Recording("s", "v", frames, Timebase(30.0, first=first), rows)


def smoothed(*curves: list[float]) -> Smoothed:
    longest = max(map(len, curves))
    rows = [[*curve, *[0.0] * (longest - len(curve))] for curve in curves]
    return Smoothed(torch.tensor(rows).double(), torch.tensor([len(c) for c in curves]))


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        (recording(40), [(0, 40)]),
        (recording(2 * K_P), []),  # shorter than an interval of 7 frames
        (recording(40, (15, 17, 19)), [(0, 9), (26, 40)]),
        (recording(40, (16, 18, 20), first=1), [(0, 9), (26, 40)]),  # numbers from 1
        (recording(40, (12, 13, 14)), [(21, 40)]),  # six frames before it are too few
        (recording(40, (19, 17, 15)), [(0, 9), (26, 40)]),  # reversed: not usable, and no calm
        (recording(40, (15, 17, 0), first=1), [(0, 8), (23, 40)]),  # its offset is not known
        (recording(40, (15, 17, 19), (18, 19, 28)), [(0, 9)]),
        (recording(40, (900, 905, 910)), [(0, 40)]),
        (recording(40, (2, None, 5)), [(12, 40)]),
    ],
)
def test_stretches_keep_away_from_every_annotated_me(
    video: Recording, expected: list[tuple[int, int]]
) -> None:
    assert stretches(video, K_P) == expected


def test_macro_expressions_and_blinks_are_no_me() -> None:
    rows = (Expression("s", "v", 15, 17, 19, kind="macro"), Expression("s", "v", 1, 2, 3, "blink"))
    blink = Expression("s", "v", 1, 2, 3, kind="blink")
    assert stretches(Recording("s", "v", 40, Timebase(30.0), (rows[0], blink)), K_P) == [(0, 40)]


def test_the_floor_is_the_quantile_of_the_highest_scores() -> None:
    heights = np.arange(11) / 20  # their 0.9 quantile is the tenth, 0.45
    assert QUANTILE == 0.9
    curves = [[0.01] * 20 + [h] + [0.01] * 20 for h in heights.tolist()]
    videos = [recording(41) for _ in curves]
    assert learned_floor(smoothed(*curves), videos, K_P) == pytest.approx(0.45)


def test_what_an_me_reaches_does_not_count() -> None:
    curve = [0.2] * 40
    curve[15:20] = [0.9] * 5
    video = recording(40, (15, 17, 19))
    assert learned_floor(smoothed(curve), [video], K_P) == pytest.approx(0.2)
    assert learned_floor(smoothed(curve), [recording(40)], K_P) == pytest.approx(0.9)


def test_the_padding_of_a_shorter_video_does_not_count() -> None:
    curves = Smoothed(torch.full((2, 60), 0.3).double(), torch.tensor([20, 60]))
    curves.values[0, 20:] = 0.8
    assert learned_floor(curves, [recording(20), recording(60)], K_P) == pytest.approx(0.3)


def test_without_anything_to_learn_from_it_is_the_least() -> None:
    assert learned_floor(smoothed([0.9] * 40), [recording(40, (1, 20, 39))], K_P) == LEAST
    assert learned_floor(smoothed([0.001] * 40), [recording(40)], K_P) == LEAST


def test_a_fold_notes_the_floor_of_its_training_subjects_alone(tiny_runs: Path) -> None:
    """Computed again frame by frame, from the network and the flow of the other subject."""
    run = tiny_runs / "demo"
    parser = experiment_parser("metst loso")
    data = build(parser, parser.parse_string((run / "config.yaml").read_text())).data
    data.choose("spNO.1", 100)
    noted = json.loads((run / "folds/spNO.1/metrics.json").read_text())["strict"]
    (network,) = load_model(run, "spNO.1").networks
    highest = []
    for video in read_annotations(run / "annotations.csv"):
        if video.subject == "spNO.1":
            continue
        windows = torch.from_numpy(data.samples.source.read(video).arrays["windows"])
        starts = [25 * i for i in range(len(windows))]  # 150 frames need no tail window
        with torch.no_grad():
            score = network(windows)[0].double().numpy()
        seen = [
            [score[i, frame - s] for i, s in enumerate(starts) if s <= frame < s + 50]
            for frame in range(150)
        ]
        k_p = noted["k_p"]
        mean = np.convolve([np.mean(x) for x in seen], np.ones(2 * k_p + 1), "same") / (2 * k_p + 1)
        near = np.zeros(150, bool)
        for e in video.micro:
            near[max(0, e.onset - 1 - 2 * k_p) : e.offset + 2 * k_p] = True
        part: list[float] = []
        for frame in range(151):
            if frame < 150 and not near[frame]:
                part.append(mean[frame])
                continue
            if len(part) > 2 * k_p:
                highest.append(max(part))
            part = []
    assert highest
    assert noted["floor"] == pytest.approx(max(0.05, np.quantile(highest, 0.9)), abs=1e-6)


def test_a_capped_choice_of_training_videos_is_the_same_each_time(tiny_runs: Path) -> None:
    parser = experiment_parser("metst loso")
    text = (tiny_runs / "demo" / "config.yaml").read_text()

    def chosen(windows: int, subject: str = "spNO.1") -> list[tuple[str, str, int]]:
        data = build(parser, parser.parse_string(text)).data
        data.choose(subject, 100)
        return [(r.subject, r.video, len(flow)) for r, flow in data.samples.training_flow(windows)]

    assert sorted(chosen(1000)) == [("spNO.2", "a", 5), ("spNO.2", "b", 5)]
    assert chosen(1000) == chosen(1000)
    assert chosen(5) == chosen(1000)[:1]
    assert chosen(6) == chosen(1000)
    assert {subject for subject, _, _ in chosen(1000, "spNO.2")} == {"spNO.1"}
