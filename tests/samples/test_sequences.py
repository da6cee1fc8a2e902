"""Windows of sequences: displacement since their first frame, fake intervals, who is held out."""

import numpy as np
import pytest
import torch

from metst.base.errors import ConfigError
from metst.base.executors import Serial
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.samples.flow_sequences import chained
from metst.samples.sequences import Sequences
from tests.support.runs import DEMO

K = 50


def opened(tiny: list[str], *more: str) -> Sequences:
    """Samples of the fold that leaves spNO.1 out, as a system asks for them."""
    yaml = ["--config", "experiments/systems/lgsnet_flow.yaml"]
    parser = experiment_parser("metst loso")
    experiment = build(parser, parse(parser, [*DEMO, *tiny, *yaml, *more]))
    experiment.fold_data.source.extract(Serial())
    experiment.fold_data.choose("spNO.1", 1)
    experiment.model.calibrate(experiment.fold_data)
    samples: Sequences = experiment.fold_data.samples  # type: ignore[assignment]
    return samples


def test_a_curve_grows_by_what_its_windows_grow_by() -> None:
    curve = np.cumsum(np.arange(200.0).reshape(2, 100) % 7, axis=1).astype(np.float32)
    starts = np.array([0, 25, 50])
    windows = np.stack([curve[:, s : s + K] - curve[:, s : s + 1] for s in starts])
    np.testing.assert_allclose(chained(windows, starts, 100), curve - curve[:, :1], rtol=1e-5)
    assert chained(windows, starts, 110)[0, -1] == curve[0, -1] - curve[0, 0]
    assert not chained(windows[:0], starts[:0], 20).any()


@pytest.mark.slow
def test_windows_and_their_intervals(tiny: list[str]) -> None:
    samples = opened(tiny)
    training = samples.training()
    windows, place, label = training.plain(torch.arange(len(training)))
    assert windows.shape[1:] == (10, 64)
    there = label != -1
    assert ((place[there] >= 0) & (place[there] <= 128)).all()
    assert 2 in label
    assert set(label.unique().tolist()) <= {-1, 0, 1, 2}
    assert {v for v, _ in training.places} <= {0, 1}  # two videos of the other subject
    (test,) = samples.testing().plain(torch.tensor([0]))[:1]
    video = samples.vectors(samples.fold.test[0])[:, :128]
    pairs = (video - video[:, :1]).reshape(10, 64, 2).mean(2)
    torch.testing.assert_close(test[0], pairs / samples.deviation)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_quarter_is_held_out(tiny: list[str]) -> None:
    samples = opened(tiny)
    assert samples.trained == samples.held_out == samples.fold.training  # only one other subject
    names = [f"s{i}" for i in range(9)]
    one = samples.fold.training[0]
    others = tuple(type(one)(n, "a", 150, one.timebase, one.expressions) for n in names)
    fold = type(samples.fold)("spNO.1", 1, others, samples.fold.emotions)
    samples.open(fold, samples.source)  # nothing of the fold before is kept
    assert len(samples.held_out) == 2
    assert set(samples.trained) | set(samples.held_out) == set(others)
    assert not set(samples.trained) & set(samples.held_out)


@pytest.mark.slow
def test_shuffled_labels_lie_elsewhere(tiny: list[str]) -> None:
    own = opened(tiny)
    lent = opened(tiny, "--data.samples.shuffle_labels=true")
    boxes = [own.training(), lent.training()]
    assert boxes[0].boxes.tolist() != boxes[1].boxes.tolist()  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("start", [0, 22])
def test_a_short_video_keeps_its_last_value(start: int, tiny: list[str]) -> None:
    samples = opened(tiny)
    window = samples.cut(torch.arange(100.0).repeat(10, 1), start)
    last = (99 - start) / samples.deviation  # type: ignore[attr-defined]
    torch.testing.assert_close(window[:, -1:], last)


@pytest.mark.slow
def test_a_network_for_other_channels_is_refused(tiny: list[str]) -> None:
    with pytest.raises(ConfigError, match=r"model.channels: expected 10, those of data.samples"):
        opened(tiny, "--model.channels=36")
