from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from metst.base.errors import ConfigError
from metst.datasets.labels.records import Recording, Timebase
from metst.features.windows import window_starts
from metst.intervals.stitching import WindowOutputs, stitch_authors, stitch_average

FRAMES = st.lists(st.integers(0, 70), min_size=1, max_size=5)


def make(frames: Sequence[int], k: int, seed: int, tail: bool = True) -> WindowOutputs:
    generator = torch.Generator().manual_seed(seed)
    windows = tuple(len(window_starts(n, k, tail)) for n in frames)
    recordings = tuple(Recording("1", str(i), n, Timebase(30.0)) for i, n in enumerate(frames))
    score = torch.rand(sum(windows), k, generator=generator)
    logits = torch.randn(sum(windows), k, 5, generator=generator)
    return WindowOutputs(score, logits, windows, recordings, k)


@settings(deadline=None)
@given(FRAMES, st.integers(1, 8), st.integers(0, 99))
def test_average_of_all_windows_that_see_a_frame(frames: list[int], half: int, seed: int) -> None:
    k = 2 * half
    outputs = make(frames, k, seed)
    curves = stitch_average(outputs)
    assert curves.lengths.tolist() == frames
    window = 0
    for video, n in enumerate(frames):
        seen: list[list[np.ndarray]] = [[] for _ in range(n)]
        for start in window_starts(n, k, tail=True):
            for i in range(k):
                value = torch.cat([outputs.score[window, i, None], outputs.logits[window, i]])
                seen[start + i].append(value.double().numpy())
            window += 1
        expected = np.array([np.mean(s, axis=0) if s else np.zeros(6) for s in seen])
        expected = expected.reshape(n, 6)
        assert np.allclose(curves.score[video, :n].numpy(), expected[:, 0], atol=1e-12)
        assert np.allclose(curves.logits[video, :n].numpy(), expected[:, 1:], atol=1e-12)
        assert not curves.score[video, n:].any()


@settings(deadline=None)
@given(FRAMES, st.integers(1, 8), st.integers(1, 6), st.integers(0, 99), st.data())
def test_released_stitching_window_by_window(
    frames: list[int], half: int, batch: int, seed: int, data: st.DataObject
) -> None:
    k = 2 * half
    loaded = data.draw(st.lists(st.booleans(), min_size=len(frames), max_size=len(frames)))
    outputs = make(frames, k, seed)
    curves = stitch_authors(outputs, batch, loaded)
    first = np.cumsum([0, *outputs.windows])
    order = [v for v in range(len(frames)) if loaded[v]]
    order += [v for v in range(len(frames)) if not loaded[v]]
    item = 0
    for video in order:
        expected = np.zeros(frames[video] // half * half)
        for f in range(len(window_starts(frames[video], k, tail=False))):
            values = outputs.score[first[video] + f].double().numpy()
            if item % batch == 0:
                expected[f * half : f * half + k] = values
            else:
                expected[(f + 1) * half : f * half + k] = values[half:]
            item += 1
        length = int(curves.lengths[video])
        assert length == len(expected)
        assert np.array_equal(curves.score[video, :length].numpy(), expected)


@pytest.mark.parametrize("precision", [torch.float16, torch.bfloat16, torch.float32])
def test_curves_are_float64_of_what_came(precision: torch.dtype) -> None:
    outputs = make([40, 33], 10, 0)
    low = WindowOutputs(
        outputs.score.to(precision),
        outputs.logits.to(precision),
        outputs.windows,
        outputs.recordings,
        10,
    )
    high = WindowOutputs(
        low.score.double(), low.logits.double(), outputs.windows, outputs.recordings, 10
    )
    for stitch in (stitch_average, lambda o: stitch_authors(o, 4, [True, True])):
        assert stitch(low).score.dtype == torch.float64
        assert stitch(low).score.equal(stitch(high).score)
        assert stitch(low).logits.equal(stitch(high).logits)


def test_the_tail_changes_nothing_for_the_released_stitching() -> None:
    frames = [43, 57]
    with_tail = make(frames, 10, 3)
    regular = [i for i, start in enumerate(with_tail.placement()[1].tolist()) if start % 5 == 0]
    without = WindowOutputs(
        with_tail.score[regular],
        with_tail.logits[regular],
        tuple(len(window_starts(n, 10, tail=False)) for n in frames),
        with_tail.recordings,
        10,
    )
    a, b = (stitch_authors(o, 3, [True, True]) for o in (with_tail, without))
    assert a.score.equal(b.score)


def test_windows_that_do_not_fit_the_video_are_refused() -> None:
    outputs = make([40], 10, 0)
    longer = (Recording("1", "a", 90, Timebase(30.0)),)
    with pytest.raises(ConfigError, match="90 frames give"):
        WindowOutputs(outputs.score, outputs.logits, outputs.windows, longer, 10)
    with pytest.raises(ConfigError, match="windows came"):
        WindowOutputs(
            outputs.score[1:], outputs.logits[1:], outputs.windows, outputs.recordings, 10
        )


def test_a_subject_without_any_window() -> None:
    outputs = make([3, 4], 10, 0)
    assert not stitch_average(outputs).score.any()
    assert stitch_authors(outputs, 4, [True, True]).lengths.tolist() == [0, 0]
