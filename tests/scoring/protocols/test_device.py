"""Counting candidates as tensors gives what their table gives, for every kind of time base."""

import numpy as np
import pytest
import torch

from metst.datasets.labels import EMOTIONS, Expression, Recording, Timebase
from metst.intervals.stitching import Curves
from metst.intervals.synergy import STRATEGIES
from metst.scoring.protocols import PROTOCOLS, get_protocol

FRAMES, K_P = 160, 6


def recordings(timebase: Timebase, generator: np.random.Generator) -> tuple[Recording, ...]:
    """Three videos; the second one without any micro-expression."""
    made = []
    for number, count in enumerate((3, 0, 2)):
        onsets = generator.choice(np.arange(5, FRAMES - 20, 20), size=count, replace=False)
        found = tuple(
            Expression(
                "006",
                f"006_{number}",
                timebase.to_number(int(onset)),
                None,
                timebase.to_number(int(onset) + 12),
                emotion=str(generator.choice(EMOTIONS)),
                label="happiness",
            )
            for onset in onsets
        )
        made.append(Recording("006", f"006_{number}", FRAMES, timebase, found))
    return tuple(made)


def curves(videos: tuple[Recording, ...], generator: np.random.Generator) -> Curves:
    """A bump over each micro-expression, more or less, and noise; nothing in the last video."""
    score = generator.random((len(videos), FRAMES)) * 0.2
    for row, video in zip(score, videos, strict=True):
        for e in video.micro:
            onset = video.timebase.to_frame(e.onset) + int(generator.integers(-5, 6))
            row[max(0, onset) : onset + 12] += 0.7
    score[-1] = 0.0
    logits = torch.from_numpy(generator.normal(size=(*score.shape, len(EMOTIONS) + 1)))
    return Curves(torch.from_numpy(score), logits, torch.full((len(videos),), FRAMES))


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize(
    "timebase", [Timebase(30.0), Timebase(200.0, skip=7), Timebase(25.0, skip=2, first=0)]
)
def test_tensors_and_table_agree(name: str, timebase: Timebase) -> None:
    protocol = get_protocol(name, k=20, batch_size=8)
    found = 0
    for seed in range(12):
        generator = np.random.default_rng(seed)
        videos = recordings(timebase, generator)
        labeled = protocol.label(curves(videos, generator), videos, K_P)
        table = labeled.table(name, videos)
        for strategy in set(STRATEGIES) - {"per_candidate"}:
            metric = protocol.scoring.metric(strategy)
            metric.update(*protocol.scoring.intervals(labeled, videos, strategy))
            expected = protocol.evaluate(table, videos, strategy)
            assert metric.scores().as_dict() == expected.as_dict()
            found += int(expected.counts.tp)
    assert found > 50
