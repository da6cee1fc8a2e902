"""Flow sequences: the deviation that they are divided by."""

import pytest
import torch
from torch import Tensor

from metst.datasets.labels.records import Expression, Recording, Timebase
from metst.samples import FlowSequences, Fold
from metst.samples.boxes import WindowPlan
from tests.support.peak import peak

FRAMES, CHANNELS = 1_940, 10


def vectors(recording: Recording) -> Tensor:
    """A random walk of each channel; the fourth never moves."""
    draw = torch.Generator().manual_seed(int(recording.video[1:]))
    walk = torch.randn(CHANNELS, FRAMES, generator=draw).cumsum(1)
    walk[3] = 0
    return walk


def opened(videos: int, monkeypatch: pytest.MonkeyPatch) -> FlowSequences:
    """Samples of videos each of which shows something."""
    shown = (Expression("", "", 100, 105, 115),)
    every = tuple(
        Recording(f"s{i}", f"v{i}", FRAMES, Timebase(30.0, first=0), shown) for i in range(videos)
    )
    samples = FlowSequences(50)
    samples.open(Fold("s0", 1, every, ("happy",)), None)  # type: ignore[arg-type]
    samples.plan = WindowPlan(128, 32, 16)
    monkeypatch.setattr(samples, "vectors", vectors)
    return samples


def test_the_deviation_is_that_of_all_windows_together(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = opened(12, monkeypatch)
    windows = [
        samples._cut(samples.vectors(recording), start)
        for recording in samples.trained
        for start in samples.starts(recording)
    ]
    spread = torch.cat(windows, 1).std(1, keepdim=True)
    assert spread[3] == 0
    assert torch.equal(samples.deviation, spread.where(spread > 0, 1.0))


def test_windows_of_one_video_alone_are_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = opened(200, monkeypatch)
    videos, windows = len(samples.trained), len(samples.starts(samples.trained[0]))
    together = 4 * videos * windows * CHANNELS * 64  # bytes
    assert peak(lambda: samples.deviation) < together / 2
