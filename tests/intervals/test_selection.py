"""Extensible interval selection: published cases, hand-made ones, and the decoder around it."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from _pytest.mark.structures import ParameterSet

from metst.datasets.labels import EMOTIONS
from metst.datasets.labels.records import Expression, Recording, Timebase
from metst.intervals.extensible_peaks import ExtensiblePeaks, Quirks, get_decoder
from metst.intervals.proposals import Proposals
from metst.intervals.selection import raw, smooth, suppress
from metst.intervals.stitching import Curves
from tests.support import parity

RULES = {"main": "raw", "samm_test": "smooth", "fixed": "fixed"}


def cases() -> list[ParameterSet]:
    read = [json.loads(p.read_text()) for p in parity.files("systems/successors/interval_c*.json")]
    named: list[tuple[str, object]] = [(c["name"], c) for file in read for c in file["cases"]]
    return parity.marked(named, "systems/successors/interval_cases.json")


def proposed(decoder: ExtensiblePeaks, scores: list[float], k_p: int) -> Proposals:
    n = len(scores)
    curves = Curves(
        torch.tensor([scores], dtype=torch.float64), torch.zeros(1, n, 0), torch.tensor([n])
    )
    return decoder.propose(curves, [Recording("1", "a", n, Timebase(30))], k_p)


@pytest.mark.parametrize("case", cases())
def test_published_cases(case: dict) -> None:
    peak = 0.65 if case["mode"] == "samm_test" else 0.55
    rule = RULES[case["mode"]]
    decoder = get_decoder("authors", k=50, peak=peak, rule=rule)  # type: ignore[arg-type]
    found = proposed(decoder, case["scores"], case["k_p"])
    if "raises" in case:  # the video is shorter than the box
        assert (found.offset < len(case["scores"])).all()
        return
    assert found.curves is not None
    assert float(found.curves.threshold) == pytest.approx(case["threshold"], abs=1e-9)
    rows = torch.stack([found.onset, found.offset, found.apex], 1)
    assert rows.tolist() == case["final"]


def bump() -> np.ndarray:
    """A slow rise to a plateau from 20 to 30, and a fall; below the mean before 14, behind 36."""
    return np.interp(np.arange(60.0), [0, 12, 20, 30, 38, 59], [0, 0, 1, 1, 0, 0])


def test_raw_ends_are_where_two_values_are_below_the_mean() -> None:
    score = bump()
    below = np.flatnonzero(score < score.mean())
    onset, offset = below[below < 25].max() + 1, below[below > 25].min() - 1
    assert raw(score, score, 25, 5) == (onset, offset, 20)
    assert raw(score[::-1], score, 34, 5)[:2] == (59 - offset, 59 - onset)


def test_raw_without_a_fall_stays_within_k_p() -> None:
    score = np.full(60, 0.5)
    assert raw(score, score, 30, 4) == (26, 34, 26)
    assert raw(score, score, 1, 4) == (0, 5, 0)


def test_smooth_ends_at_low_scores_and_else_at_twice_k_p() -> None:
    score = bump()
    low = np.flatnonzero(score < 0.2)
    assert smooth(score, score, 25, 15) == (low[low < 25].max(), low[low > 25].min() + 1, 20)
    flat = np.full(60, 0.9)
    assert smooth(flat, flat, 30, 4) == (22, 38, 22)


def test_of_several_intervals_the_first_visited_stays() -> None:
    ends = [(0, 10, 5), (8, 20, 12), (18, 30, 25), (40, 50, 41), (50, 60, 52), (70, 70, 70)]
    assert suppress(ends, 3) == [0, 1, 2, 3, 4, 5]  # they share too little
    assert suppress(ends, 7) == [0, 2, 3, 4, 5]  # apexes 5 and 12
    assert suppress([(0, 10, 2), (1, 11, 9)], 1) == [0]
    assert suppress([(0, 10, 2), (1, 11, 9)], 1, order=[1, 0]) == [1]


def waves() -> list[float]:
    """Two overlapping waves, the second one higher, and a third far away."""
    t = np.arange(200.0)
    shape = 0.7 * np.exp(-(((t - 60) / 8) ** 2)) + np.exp(-(((t - 78) / 8) ** 2))
    return (shape + 0.9 * np.exp(-(((t - 150) / 8) ** 2))).round(4).tolist()


@pytest.mark.parametrize("name", ["even_box", "earliest"])
def test_quirks_can_be_turned_off_one_by_one(name: str) -> None:
    both = (Quirks(), replace(Quirks(), **{name: False}))
    found = [proposed(get_decoder("authors", k=50, quirks=q), waves(), 6) for q in both]
    assert found[0].score.tolist() != found[1].score.tolist()


def test_the_highest_stays_in_strict_and_the_earliest_in_authors() -> None:
    strict, authors = (get_decoder(name, k=50) for name in ("strict", "authors"))
    best = proposed(strict, waves(), 6)
    assert len(best.onset) == len(proposed(authors, waves(), 6).onset) == 2
    assert best.score[0] == pytest.approx(0.9, abs=0.1)
    assert proposed(authors, waves(), 6).score[0] < 0.7


def recording(subject: str, *lengths: int) -> Recording:
    micro = tuple(
        Expression(subject, "a", 100 * row, None, 100 * row + n, "micro", EMOTIONS[0], "fear", row)
        for row, n in enumerate(lengths, start=1)
    )
    return Recording(subject, "a", 1000, Timebase(30), micro)


def test_k_p_is_half_of_the_upper_median_length() -> None:
    everyone = [recording("1", 10, 12, 50), recording("2", 20)]  # sorted: 10, 12, 20, 50
    authors, strict = (get_decoder(name, k=50) for name in ("authors", "strict"))
    assert authors.half_length(everyone, "1") == int((20 + 1) / 2)
    assert strict.half_length(everyone, "2") == int((12 + 1) / 2)


def test_a_frame_is_neutral_where_every_emotion_is_below_zero() -> None:
    logits = torch.tensor([-1.0, -2.0, 5.0]).repeat(1, 40, 1).double()  # neutral is the surest
    logits[0, 20:, 0] = 0.5
    curves = Curves(torch.zeros(1, 40).double(), logits, torch.tensor([40]))
    ends = torch.tensor([0, 20]), torch.tensor([10, 30]), torch.tensor([18, 38])
    for name in ("authors", "strict"):
        decoder = get_decoder(name, k=50)
        _, labels = decoder.voting.label(curves, torch.zeros(2).long(), ends, 20)
        assert labels["recognition_first"].tolist() == [2, 0]
        assert labels["spotting_first"].tolist() == [0, 0]
