"""The `authors` protocol against a naive one that goes video by video, peak by peak."""

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import scipy.signal
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metst.datasets.labels.records import EMOTIONS, Expression, Recording, Timebase
from metst.intervals.decoder import get_decoder
from metst.intervals.predictions import proposed_table
from metst.intervals.stitching import WindowOutputs
from metst.intervals.synergy import STRATEGIES
from metst.scoring.protocols import get_protocol

HALF = 5
K = 2 * HALF
NEUTRAL = 4
SUBJECT = "1"
THREE = ("none", "recognition_first", "spotting_first")

Gt = list[tuple[int, int, int]]
"""Onset, offset and class of each sample of a video."""


@st.composite
def subjects(draw: st.DrawFn) -> tuple[list[int], list[Gt], int]:
    """Frames of each video, its samples, and a seed."""
    frames, samples = [], []
    for _ in range(draw(st.integers(1, 4))):
        n = draw(st.integers(K, 70))
        found = draw(
            st.lists(
                st.tuples(st.integers(0, n - 2), st.integers(1, 12), st.integers(0, 3)), max_size=4
            )
        )
        frames.append(n)
        samples.append([(onset, onset + length, c) for onset, length, c in found])
    return frames, samples, draw(st.integers(0, 999))


def recordings_of(frames: list[int], samples: list[Gt]) -> tuple[Recording, ...]:
    recordings = []
    for index, (n, gt) in enumerate(zip(frames, samples, strict=True)):
        expressions = tuple(
            Expression(SUBJECT, str(index), on + 1, on + 1, off + 1, emotion=EMOTIONS[c], label="x")
            for on, off, c in gt
        )
        recordings.append(Recording(SUBJECT, str(index), n, Timebase(30.0), expressions))
    return tuple(recordings)


def outputs_of(recordings: tuple[Recording, ...], seed: int) -> WindowOutputs:
    """Scores in few steps, so that peaks tie; smooth in time, so that there are not too many."""
    generator = np.random.default_rng(seed)
    windows = tuple(r.frames // HALF - 1 for r in recordings)
    steps = generator.integers(0, 9, (sum(windows), K)) / 8
    logits = np.repeat(generator.normal(size=(sum(windows), 4, 5)), 3, axis=1)[:, :K]
    return WindowOutputs(torch.from_numpy(steps), torch.from_numpy(logits), windows, recordings, K)


def naive_peaks(smoothed: NDArray[np.float64], k_p: int) -> list[int]:
    threshold = np.mean(smoothed) + 0.55 * (np.max(smoothed) - np.mean(smoothed))
    peaks, _ = scipy.signal.find_peaks(smoothed, height=threshold)
    left = dict(zip(peaks.tolist(), smoothed[peaks].tolist(), strict=True))
    kept = []
    for peak in sorted(left, key=lambda p: (left[p], p), reverse=True):
        if all(abs(peak - other) >= k_p for other in kept):
            kept.append(peak)
    return sorted(kept)


class Naive:
    """Counts and label lists of one subject under one strategy."""

    def __init__(
        self, outputs: WindowOutputs, samples: list[Gt], k_p: int, batch: int, name: str
    ) -> None:
        self.outputs, self.k_p, self.batch, self.name = outputs, k_p, batch, name
        self.tp = self.fp = 0
        self.pred: list[int] = []
        self.gt: list[int] = []
        item = window = 0
        for video, gt in enumerate(samples):
            count = outputs.windows[video]
            if gt:  # videos without samples are not even loaded
                self._video(window, item, count, gt)
                item += count
            window += count
        self.fn = sum(map(len, samples)) - self.tp
        if name == "recognition_first":
            self._remove_neutral()

    def _video(self, window: int, item: int, count: int, gt: Gt) -> None:
        score = np.zeros((count + 1) * HALF)
        classes = np.zeros((count + 1) * HALF, dtype=int)
        emotions = 4 if self.name == "spotting_first" else 5
        for f in range(count):
            values = self.outputs.score[window + f].numpy()
            labels = self.outputs.logits[window + f].numpy()[:, :emotions].argmax(1)
            skip = 0 if (item + f) % self.batch == 0 else HALF
            score[f * HALF + skip : f * HALF + K] = values[skip:]
            classes[f * HALF + skip : f * HALF + K] = labels[skip:]
        box = np.ones(2 * self.k_p) / (2 * self.k_p)
        peaks = naive_peaks(np.convolve(score, box, "same"), self.k_p)
        intervals = [(p - self.k_p, p + self.k_p) for p in peaks] or [(0, 0)]
        taken: set[int] = set()
        for onset, offset in intervals:
            overlaps = [self._iou((onset, offset), row) for row in gt]
            best = max(range(len(gt)), key=lambda i: (overlaps[i], i))
            hit = overlaps[best] >= 0.5 and best not in taken
            if hit:
                taken.add(best)
            self.tp, self.fp = self.tp + hit, self.fp + (not hit)
            on, off = max(0, onset), max(0, offset)
            voting = classes[max(0, on + 1) : max(1, off - 1)].tolist()
            self.pred.append(Counter(voting).most_common(1)[0][0] if voting else NEUTRAL)
            self.gt.append(gt[best][2] if hit else -1)

    @staticmethod
    def _iou(a: tuple[int, int], b: tuple[int, int, int]) -> float:
        inter = max(0, min(a[1], b[1]) - max(a[0], b[0]) + 1)
        return inter / ((a[1] - a[0] + 1) + (b[1] - b[0] + 1) - inter)

    def _remove_neutral(self) -> None:
        pairs = list(zip(self.pred, self.gt, strict=True))
        for pred, gt in pairs:
            if pred == NEUTRAL and gt == -1:
                self.fp -= 1
            elif pred == NEUTRAL:
                self.tp, self.fn = self.tp - 1, self.fn + 1
        left = [pair for pair in pairs if pair[0] != NEUTRAL]
        self.pred, self.gt = [p for p, _ in left], [g for _, g in left]

    def confusion(self) -> list[list[int]]:
        counts = Counter(zip(self.gt, self.pred, strict=True))
        return [[counts[g, p] for p in range(5)] for g in range(4)]


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(subjects(), st.integers(1, 9), st.integers(1, 7), st.sampled_from(THREE))
def test_counts_are_those_of_the_naive_protocol(
    subject: tuple[list[int], list[Gt], int], k_p: int, batch: int, name: str
) -> None:
    frames, samples, seed = subject
    recordings = recordings_of(frames, samples)
    outputs = outputs_of(recordings, seed)
    decoder = get_decoder("authors", k=K, batch_size=batch)
    table = proposed_table([decoder.propose(decoder.curves(outputs), recordings, k_p)], EMOTIONS)
    counts = get_protocol("authors").evaluate(table, recordings, name).counts
    naive = Naive(outputs, samples, k_p, batch, name)
    assert (int(counts.tp), int(counts.fp), int(counts.fn)) == (naive.tp, naive.fp, naive.fn)
    assert counts.confusion.tolist() == naive.confusion()


def test_the_naive_protocol_sees_something() -> None:
    """Matches, misses and withdrawn candidates all happen in what the test above draws."""
    totals = np.zeros(3, dtype=int)
    withdrawn = 0
    for seed in range(30):
        samples: list[Gt] = [[(10, 18, 0), (35, 43, 1)], [(20, 28, 2)]]
        recordings = recordings_of([60, 50], samples)
        outputs = outputs_of(recordings, seed)
        a, b = (Naive(outputs, samples, 4, 3, name) for name in THREE[:2])
        totals += [a.tp, a.fp, a.fn]
        withdrawn += a.tp + a.fp - b.tp - b.fp
    assert (totals > 0).all()
    assert withdrawn > 0
    assert set(THREE) < set(STRATEGIES)


def test_k_p_of_label_rows() -> None:
    recordings = recordings_of([60], [[(10, 18, 0), (35, 44, 1)]])
    decoder = get_decoder("authors", k=K, batch_size=3)
    assert decoder.half_length(recordings, SUBJECT) == math.floor(((8 + 9) / 2 + 1) / 2)


@pytest.mark.parametrize("frames", [K, K + 1, HALF + 1])
def test_a_video_of_one_window_or_none(frames: int) -> None:
    recordings = recordings_of([frames], [[(1, 4, 0)]])
    windows = (max(0, frames // HALF - 1),)
    shape = (windows[0], K)
    outputs = WindowOutputs(torch.rand(shape), torch.rand(*shape, 5), windows, recordings, K)
    for name in ("authors", "strict"):
        decoder = get_decoder(name, k=K, batch_size=3)
        table = proposed_table([decoder.propose(decoder.curves(outputs), recordings, 3)], EMOTIONS)
        scores = get_protocol(name).evaluate(table, recordings, "none")
        assert isinstance(table, pd.DataFrame)
        assert int(scores.counts.tp) + int(scores.counts.fn) == 1
