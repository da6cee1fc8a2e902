"""Images of frame pairs: what is read, how often, and what is kept of it."""

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from metst.base.randomness import generator
from metst.datasets.labels.records import Expression, Kind, Recording, Timebase
from metst.features.flow_images import SHAPE
from metst.samples import Fold, PairImages, pair_images
from metst.samples.batches import SampleSet
from metst.samples.image_set import ImageSet, Staged
from metst.samples.onset_apex import Pair
from metst.systems.mean import MEANSamples
from metst.systems.sfamnet import SFAMNetSamples
from metst.systems.softnet import SOFTNetSamples
from metst.systems.softnet.samples import NOISE
from tests.support.peak import peak

EMOTIONS = "negative", "positive"

SAMPLES: dict[str, Callable[[], PairImages]] = {
    "mean": MEANSamples,
    "softnet": SOFTNetSamples,
    "softnet, macro": lambda: SOFTNetSamples(kind="macro"),
    "sfamnet": SFAMNetSamples,
}


def recording(number: int, frames: int) -> Recording:
    """A video with two micro-expressions and a macro-expression."""
    rows: list[tuple[int, Kind]] = [(10, "micro"), (40, "micro"), (60, "macro")]
    shown = tuple(
        Expression("", "", onset, None, onset + 14, kind, EMOTIONS[number % 2])
        for onset, kind in rows
    )
    return Recording(f"s{number % 3}", f"v{number}", frames, Timebase(30.0, first=0), shown)


def images_of(recording: Recording, count: int) -> NDArray[np.float16]:
    """40 random ones in turn; those of every second video without a negative number."""
    number = int(recording.video[1:])
    made = np.random.default_rng(number).normal(0, 0.3, (40, *SHAPE)).astype(np.float16)
    return (np.abs(made) if number % 2 else made)[np.arange(count) % len(made)]


class Read(Counter[str]):
    """A source that counts how often each video is read."""

    dataset = SimpleNamespace(timebase=Timebase(30.0))

    def __init__(self, samples: PairImages) -> None:
        super().__init__()
        self.samples = samples

    def read(self, recording: Recording) -> SimpleNamespace:
        """Arrays of a video."""
        self[recording.video] += 1
        (count,) = self.samples.counts([recording])
        ranges = np.tile(np.float32([-2, 2]), (count, SHAPE[0], 1))
        landmarks = np.full((68, 2), 60)
        images = images_of(recording, count)
        return SimpleNamespace(arrays={"images": images, "ranges": ranges, "landmarks": landmarks})


def opened(name: str, videos: int = 6, frames: int = 90) -> tuple[PairImages, Read, Fold]:
    """Samples of the fold of s0, their source and the fold."""
    samples = SAMPLES[name]()
    fold = Fold("s0", 1, tuple(recording(i, frames + i) for i in range(videos)), EMOTIONS)
    source = Read(samples)
    samples.open(fold, source)  # type: ignore[arg-type]
    if isinstance(samples, MEANSamples):
        samples.spotting_epochs, samples.emotions = 1, EMOTIONS
    return samples, source, fold


def flow_of(_: object, pairs: list[Pair]) -> list[NDArray[np.float32]]:
    """No flow between any two frames, without reading them."""
    return [np.zeros((2, 128, 128), np.float32) for _ in pairs]


@pytest.fixture(autouse=True)
def _no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair_images, "flow_of", flow_of)


@pytest.mark.parametrize("name", SAMPLES)
def test_memory_is_that_of_the_images_that_are_kept(name: str) -> None:
    samples, source, fold = opened(name)
    planned = samples.memory(fold, source)  # type: ignore[arg-type]
    assert not source  # lengths and labels suffice
    assert planned == _bytes(samples.training()) + _bytes(samples.testing())


def _bytes(samples: SampleSet) -> int:
    """Of the images of frame pairs."""
    pairs = samples.first if isinstance(samples, Staged) else samples
    assert isinstance(pairs, ImageSet)
    return pairs.images.nbytes


def test_images_of_softnet_and_their_variations() -> None:
    samples, _, _ = opened("softnet")
    training = samples.training()
    assert isinstance(training, ImageSet)
    recordings = samples.fold.annotated("strict")
    targets = samples.targets(recordings)
    plain = [
        images_of(video, len(spot))[chosen]
        for video, (spot,), chosen in zip(recordings, targets, samples.chosen(targets), strict=True)
    ]
    count, found = sum(map(len, plain)), int(sum(spot.sum() for (spot,) in targets))
    np.testing.assert_array_equal(training.images[:count].numpy(), np.concatenate(plain))
    assert len(training) == count + 3 * found
    assert training.targets[0][count:].all()
    positive = training.images[:count][training.targets[0][:count] > 0]
    mirrored, blurred, noisy = training.images[count:].chunk(3)
    assert torch.equal(mirrored, positive.flip(-1))
    assert (blurred.float().std((2, 3)) < positive.float().std((2, 3))).all()
    noise = generator(*samples.fold.key, "noise").normal(0, NOISE, positive.shape)
    low = torch.where((positive < 0).flatten(1).any(1), -1.0, 0.0)[:, None, None, None]
    expected = (positive.double() + torch.from_numpy(noise)).clamp(low.double(), torch.ones(1))
    assert torch.equal(noisy, expected.half())


@pytest.mark.parametrize("name", ["mean", "softnet"])
def test_images_are_in_memory_once(name: str) -> None:
    samples, _, _ = opened(name, 45, 300)
    highest = peak(samples.training)
    assert highest < 1.75 * _bytes(samples.training())  # 2 or more where parts are joined


@pytest.mark.parametrize("name", ["mean", "sfamnet"])
def test_a_video_is_read_once_for_all_its_micro_expressions(name: str) -> None:
    samples, source, _ = opened(name)
    samples.clips(lambda *_: np.zeros(SHAPE, np.float32), EMOTIONS)
    assert set(source.values()) == {1}


def test_the_mean_length_is_computed_once_a_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    samples, source, fold = opened("mean")
    lengths = iter([5, 7])
    monkeypatch.setattr(pair_images, "half_length_by", lambda *_: next(lengths))
    assert (samples.k_p, samples.k_p) == (5, 5)
    samples.open(fold, source)  # type: ignore[arg-type]
    assert samples.k_p == 7


def test_classes_are_counted_without_the_images(monkeypatch: pytest.MonkeyPatch) -> None:
    samples, _, _ = opened("sfamnet")
    assert isinstance(samples, SFAMNetSamples)
    training = samples.training()
    expected = torch.bincount(training.plain(torch.arange(len(training)))[2], minlength=3)
    monkeypatch.delattr(ImageSet, "plain")
    assert torch.equal(samples.emotion_counts(), expected)
