"""Smoothing, threshold and peaks against numpy and scipy."""

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metst.intervals.spotting import (
    Smoothed,
    candidates,
    find_peaks,
    peak_threshold,
    smooth_authors,
    smooth_centered,
)

Curve = NDArray[np.float64]

LEVELS = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
CURVES = st.one_of(
    st.lists(LEVELS, min_size=1, max_size=60),
    st.lists(st.floats(0, 1), min_size=1, max_size=60),
    st.lists(st.tuples(LEVELS, st.integers(1, 7)), min_size=1, max_size=15).map(
        lambda runs: [value for value, length in runs for _ in range(length)]
    ),
).map(np.array)
K_P = st.integers(1, 12)


def batch(curves: list[Curve]) -> tuple[torch.Tensor, torch.Tensor]:
    padded = torch.zeros(len(curves), max(len(c) for c in curves), dtype=torch.float64)
    for row, curve in zip(padded, curves, strict=True):
        row[: len(curve)] = torch.from_numpy(curve)
    return padded, torch.tensor([len(c) for c in curves])


def reference_peaks(values: Curve, height: float, distance: int) -> list[int]:
    """scipy's local maxima, and its rule of distances with equal heights visited from the end.

    (scipy's own answer to equal heights depends on the sorting routine of the numpy in use.)
    """
    peaks, _ = scipy.signal.find_peaks(values, height=height)
    kept = np.ones(len(peaks), dtype=bool)
    for i in np.argsort(values[peaks], kind="stable")[::-1]:
        if kept[i]:
            near = np.abs(peaks - peaks[i]) < distance
            near[i] = False
            kept[near] = False
    return peaks[kept].tolist()


@settings(deadline=None, max_examples=200)
@given(st.lists(CURVES, min_size=1, max_size=4), K_P)
def test_smoothing_is_numpys_convolution(curves: list[Curve], k_p: int) -> None:
    smoothed = smooth_authors(*batch(curves), k_p)
    box = np.ones(2 * k_p) / (2 * k_p)
    for row, curve in enumerate(curves):
        expected = np.convolve(curve, box, mode="same")
        length = int(smoothed.lengths[row])
        assert np.array_equal(smoothed.values[row, :length].numpy(), expected)


@settings(deadline=None)
@given(st.lists(CURVES, min_size=1, max_size=4), K_P)
def test_smoothing_on_a_device_is_numpys_convolution(curves: list[Curve], k_p: int) -> None:
    # The path of accelerators, on a device that every machine has.
    score, lengths = batch(curves)
    full = smooth_authors(score, lengths, k_p)
    other = _smooth_elsewhere(score, lengths, k_p)
    for row in range(len(curves)):
        length = int(full.lengths[row])
        assert int(other.lengths[row]) == length
        assert np.allclose(other.values[row, :length], full.values[row, :length], atol=1e-12)


def _smooth_elsewhere(score: torch.Tensor, lengths: torch.Tensor, k_p: int) -> Smoothed:
    from metst.intervals import spotting

    return spotting._smooth_torch(score, lengths, 2 * k_p)


@settings(deadline=None)
@given(CURVES, K_P)
def test_centered_smoothing_is_a_symmetric_mean(curve: Curve, k_p: int) -> None:
    smoothed = smooth_centered(*batch([curve]), k_p).values[0].numpy()
    padded = np.pad(curve, k_p)
    expected = [padded[i : i + 2 * k_p + 1].mean() for i in range(len(curve))]
    assert np.allclose(smoothed, expected, atol=1e-11)
    mirrored = smooth_centered(*batch([curve[::-1].copy()]), k_p).values[0].numpy()
    assert np.array_equal(mirrored[::-1], smoothed)


@settings(deadline=None, max_examples=300)
@given(st.lists(CURVES, min_size=1, max_size=4), st.integers(1, 15), st.floats(0, 1))
def test_peaks_are_scipys_peaks(curves: list[Curve], distance: int, height: float) -> None:
    curve = Smoothed(*batch(curves))
    mask = find_peaks(curve, torch.full((len(curves),), height, dtype=torch.float64), distance)
    for row, values in enumerate(curves):
        found = mask[row].nonzero()[:, 0].tolist()
        assert found == reference_peaks(values, height, distance)
        peaks, _ = scipy.signal.find_peaks(values, height=height)
        if len(set(values[peaks].tolist())) == len(peaks):  # without ties, scipy itself
            direct, _ = scipy.signal.find_peaks(values, height=height, distance=distance)
            assert found == direct.tolist()


@settings(deadline=None)
@given(st.lists(CURVES, min_size=1, max_size=4), st.floats(0, 1))
def test_threshold_lies_between_mean_and_maximum(curves: list[Curve], fraction: float) -> None:
    threshold = peak_threshold(Smoothed(*batch(curves)), fraction)
    for row, values in enumerate(curves):
        expected = values.mean() + fraction * (values.max() - values.mean())
        assert np.isclose(float(threshold[row]), expected, atol=1e-12)


@pytest.mark.parametrize("lengths", [[0], [0, 0], [0, 5], [1], [2, 0]])
def test_next_to_no_frames_have_no_peak(lengths: list[int]) -> None:
    score = torch.ones(len(lengths), max(lengths), dtype=torch.float64)
    score *= torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    curve = Smoothed(score, torch.tensor(lengths))
    assert len(candidates(curve, 0.55, 3).peak) == 0


@settings(deadline=None)
@given(st.lists(CURVES, min_size=2, max_size=4), K_P)
def test_a_video_does_not_depend_on_the_others(curves: list[Curve], k_p: int) -> None:
    together = candidates(smooth_authors(*batch(curves), k_p), 0.55, k_p)
    for row, curve in enumerate(curves):
        alone = candidates(smooth_authors(*batch([curve]), k_p), 0.55, k_p)
        own = together.video == row
        assert together.peak[own].equal(alone.peak)
        assert together.score[own].equal(alone.score)


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=40, max_size=90), st.integers(2, 20))
def test_positive_scores_have_a_peak_away_from_the_edges(scores: list[float], k_p: int) -> None:
    # s[i+1] - s[i] has the sign of y[i+k_p] - y[i-k_p], so the curve rises first and falls last.
    found = candidates(smooth_authors(*batch([np.array(scores)]), k_p), 0.55, k_p).peak
    assert len(found) > 0
    assert k_p <= int(found.min()) and int(found.max()) <= len(scores) - k_p
