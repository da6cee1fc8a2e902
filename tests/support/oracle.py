"""The authors' numbers as our objects: cases of `oracle*.json`, for `test_oracle`."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from torch import Tensor

from metst.datasets.labels.records import EMOTIONS, Expression, Recording, Timebase
from metst.features.windows import window_starts
from metst.intervals.decoder import Decoder, get_decoder
from metst.intervals.predictions import proposed_table
from metst.intervals.stitching import Curves, WindowOutputs
from metst.scoring.protocols import Protocol, get_protocol
from metst.scoring.protocols.rules import Row, classes_of
from tests.support import parity

Case = dict[str, Any]

PATTERN = "oracle*.json"

TIMEBASE = Timebase(fps=30.0)
STRATEGY_OF = {"0": "none", "1": "recognition_first", "2": "spotting_first"}
THREE = ("negative", "positive", "surprise")
TOLERANCE = 1e-6


def _cases(path: Path) -> list[Case]:
    """Cases of a file; each is named by it too, since other files may have the same names."""
    read = json.loads(path.read_text())["cases"]
    return [{**case, "id": f"{path.stem}-{case['id']}"} for case in read]


CASES = [case for path in parity.files(PATTERN) for case in _cases(path)]


def cases(*kinds: str) -> pytest.MarkDecorator:
    """A test of every case of these kinds."""
    chosen: list[tuple[str, object]] = [(c["id"], c) for c in CASES if c["kind"] in kinds]
    named = parity.marked(chosen, f"{PATTERN} and a case of kind {', '.join(kinds)}")
    return pytest.mark.parametrize("case", named)


# --- building our own objects from a case ---------------------------------------------------------


def recordings_of(subject: Case, case: Case) -> tuple[Recording, ...]:
    """Recordings whose own numbers are sub-sampled frames, counted from 1."""
    half = case["params"]["k"] // 2
    recordings = []
    for video in subject["videos"]:
        pairs = zip(video["gt"], video["emotions"], strict=True)
        expressions = tuple(
            _expression(subject["id"], video["id"], sample, emotion) for sample, emotion in pairs
        )
        frames = video["n_frames"]
        if len(window_starts(frames, case["params"]["k"], tail=False)) != video["n_windows"]:
            frames = (video["n_windows"] + 1) * half  # designed cases: only informative
        recordings.append(Recording(subject["id"], video["id"], frames, TIMEBASE, expressions))
    return tuple(recordings)


def _expression(subject: str, video: str, sample: Sequence[int], emotion: str) -> Expression:
    """A label row that the released rules read as `sample`."""
    onset, apex, offset = (frame + 1 for frame in sample)
    if onset == 0:  # only rows without an offset may begin there; they end at the apex
        apex, offset = offset, 0
    return Expression(subject, video, onset, apex, offset, emotion=emotion, label=emotion)


def all_recordings(case: Case) -> tuple[Recording, ...]:
    return tuple(r for subject in case["subjects"] for r in recordings_of(subject, case))


def decoder_of(case: Case) -> Decoder:
    params = case["params"]
    return get_decoder("authors", k=params["k"], batch_size=params["batch_size"], peak=params["p"])


def curves_of(subject: Case, case: Case) -> Curves:
    if case["kind"] == "windows":
        return decoder_of(case).curves(outputs_of(subject, case))
    videos = subject["videos"]
    longest = max(len(video["score"]) for video in videos)
    score = torch.zeros(len(videos), longest, dtype=torch.float64)
    logits = torch.zeros(len(videos), longest, 5, dtype=torch.float64)
    for row, video in enumerate(videos):
        length = len(video["score"])
        score[row, :length] = torch.tensor(video["score"], dtype=torch.float64)
        for frame, (five, four) in enumerate(
            zip(video["classes5"], video["classes4"], strict=True)
        ):
            assert five in ("4", four), "no logits can give these two classes"
            logits[row, frame, int(four)] = 1.0
            logits[row, frame, 4] = 2.0 if five == "4" else 0.0
    return Curves(score, logits, torch.tensor([len(video["score"]) for video in videos]))


def outputs_of(subject: Case, case: Case) -> WindowOutputs:
    k = case["params"]["k"]
    videos = subject["videos"]
    scores = [w for video in videos for w in video["window_scores_x256"]]
    logits = [w for video in videos for w in video["window_logits_x80"]]
    return WindowOutputs(
        torch.tensor(scores, dtype=torch.float32).reshape(-1, k) / 256,
        torch.tensor(logits, dtype=torch.float32).reshape(-1, k, 5) / 80,
        tuple(video["n_windows"] for video in videos),
        recordings_of(subject, case),
        k,
    )


CLASS_OF = classes_of(EMOTIONS)


def truth_of(case: Case) -> dict[tuple[str, str], list[Row]]:
    return {
        (subject["id"], video["id"]): [
            (onset, offset, CLASS_OF[emotion])
            for (onset, _, offset), emotion in zip(video["gt"], video["emotions"], strict=True)
        ]
        for subject in case["subjects"]
        for video in subject["videos"]
    }


def scoring_of(case: Case, analyzed: tuple[str, ...] = EMOTIONS) -> Protocol:
    """The authors' scoring, with the annotations of the case put in the place of label rules."""
    truth = truth_of(case)
    return replace(
        get_protocol("authors", iou=case["params"]["iou"], analyzed=analyzed),
        truth=lambda r: list(truth[r.subject, r.video]),
    )


def evaluator_of(case: Case, analyzed: tuple[str, ...] | None) -> Protocol:
    """The STRS evaluator's scoring, likewise; it compares own numbers, frame + 1."""
    truth = truth_of(case)
    return replace(
        get_protocol("strs_metric", iou=case["params"]["iou"], analyzed=analyzed),
        truth=lambda r: [(on + 1, off + 1, c) for on, off, c in truth[r.subject, r.video]],
    )


def table_of(case: Case) -> pd.DataFrame:
    """The predictions table of a case, computed once."""
    if case["id"] not in _TABLES:
        _TABLES[case["id"]] = _make_table(case)
    return _TABLES[case["id"]]


_TABLES: dict[str, pd.DataFrame] = {}


def _make_table(case: Case) -> pd.DataFrame:
    decoder = decoder_of(case)
    proposals = [
        decoder.propose(curves_of(s, case), recordings_of(s, case), case["k_p"])
        for s in case["subjects"]
    ]
    return proposed_table(proposals, EMOTIONS)


def number(value: float | str) -> float:
    return math.nan if value == "nan" else float(value)


def same(got: float, expected: float | str) -> bool:
    return got == pytest.approx(number(expected), abs=TOLERANCE, nan_ok=True)


def digits(values: Tensor) -> str:
    return "".join(str(int(value)) for value in values.tolist())


# --- labels, windows, sampling, weights, loss -----------------------------------------------------
