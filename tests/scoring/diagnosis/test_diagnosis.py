"""Scores per group, and the peaks below the threshold."""

import json
from dataclasses import replace

import pandas as pd
import torch

from metst.datasets.conditions import Conditions
from metst.datasets.labels.records import EMOTIONS
from metst.intervals.decoder import get_decoder
from metst.intervals.predictions import proposed_table
from metst.intervals.stitching import Curves
from metst.scoring.diagnosis import diagnose
from metst.scoring.diagnosis.peaks import with_low_peaks
from tests.support.diagnosed import CURVES, HOW, PREDICTIONS, RECORDINGS, VARIANT

K_P = 5
NAME = f"strict/{VARIANT}"


def test_groups_are_scored_beside_all_other_videos() -> None:
    known = {("2", "a"): Conditions(("speech",)), ("9", "z"): Conditions(("elsewhere",))}
    found = diagnose(PREDICTIONS, RECORDINGS, HOW, curves=CURVES, candidates=None, conditions=known)
    (group,) = found.groups
    counts = [
        (p.videos, p.scores.tp, p.scores.fp, p.scores.fn) for p in (group.inside, group.outside)
    ]
    assert group.name == "speech" and counts == [(1, 1, 1, 0), (1, 2, 4, 4)]
    plain = found.as_dict(each=True)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert sum(plain["endings"].values()) == len(plain["annotated"]) == 7
    assert plain["ceiling"]["samples"] == 7


def test_a_system_that_finds_nothing_has_groups_too() -> None:
    known = {("2", "a"): Conditions(("speech",))}
    nothing = PREDICTIONS.iloc[:0]
    found = diagnose(nothing, RECORDINGS, HOW, curves={}, candidates=None, conditions=known)
    (group,) = found.groups
    assert (group.inside.scores.tp, group.inside.scores.fn) == (0, 1)


def test_the_ceiling_is_known_for_one_overlap_alone() -> None:
    how = replace(HOW, iou=0.3)
    found = diagnose(PREDICTIONS, RECORDINGS, how, curves={}, candidates=None, conditions={})
    assert found.ceiling is None


def proposals(peak: float) -> tuple[pd.DataFrame, Curves]:
    """Of a decoder with this threshold; three peaks of different heights."""
    score = torch.zeros(1, 600, dtype=torch.float64)
    for middle, height in ((100, 0.9), (300, 0.4), (500, 0.2)):
        score[0, middle - 4 : middle + 5] = height
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 600, len(EMOTIONS) + 1, generator=generator, dtype=torch.float64)
    curves = Curves(score, logits, torch.tensor([600]))
    decoder = get_decoder("strict", k=2, peak=peak)
    made = decoder.propose(curves, RECORDINGS[:1], K_P)
    assert made.curves is not None
    table = proposed_table([made], EMOTIONS)
    return table[table["variant"] == NAME], made.curves  # type: ignore[return-value]


def test_low_peaks_are_what_the_decoder_proposes_without_a_threshold() -> None:
    rows, curves = proposals(0.55)
    every, _ = proposals(-1.0)
    assert (len(rows), len(every)) == (1, 3)
    found = with_low_peaks(rows, curves, RECORDINGS[:1], K_P, EMOTIONS, NAME)  # type: ignore[arg-type]
    assert found is not None
    ordered = found.sort_values("onset").reset_index(drop=True)
    columns = ["onset", "apex", "offset", "emotion"]
    pd.testing.assert_frame_equal(ordered[columns], every.reset_index(drop=True)[columns])


def test_other_intervals_have_no_known_low_peaks() -> None:
    rows, curves = proposals(0.55)
    longer = rows.assign(offset=rows["offset"] + 1)
    for table, variant in ((longer, NAME), (rows, "strict/per_candidate")):
        assert with_low_peaks(table, curves, RECORDINGS[:1], K_P, EMOTIONS, variant) is None  # type: ignore[arg-type]
