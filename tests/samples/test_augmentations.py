"""What is done to a batch is what happens to a face."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from metst.base.errors import ConfigError
from metst.features.roi_flow import iter_windows, roi_set
from metst.samples import FlowWindows
from metst.samples.augmentations import (
    Augmentation,
    Batch,
    ChannelDropout,
    Gain,
    MirroredFace,
    TimeWarp,
)
from metst.samples.batches import Windows, in_batches
from metst.video import ArrayFrames, Frame, ImageFolder
from metst.video.detectors import face_detector

FRAMES = 40


def batch(samples: int = 300, channels: int = 10) -> Batch:
    draw = torch.Generator().manual_seed(0)
    flow = torch.randn(samples, channels, FRAMES, generator=draw)
    emotion = torch.randint(5, (samples, FRAMES), generator=draw)
    return flow, (emotion < 4).float(), emotion


def applied(augmentation: Augmentation, given: Batch, seed: int = 0) -> Batch:
    augmentation.prepare(roi_set("me_tst"))
    before = [x.clone() for x in given]
    done = augmentation.apply(given, np.random.default_rng(seed))
    assert all(torch.equal(x, y) for x, y in zip(given, before, strict=True))  # not written to
    assert [(x.shape, x.dtype) for x in done] == [(x.shape, x.dtype) for x in given]
    return done


def test_another_speed_moves_displacement_and_targets_together() -> None:
    """A face that moves on by 0.1 pixels per frame, with a target in the frames 10 to 19."""
    time = torch.arange(FRAMES).float()
    flow = (0.1 * time).expand(200, 10, FRAMES).contiguous()
    spot = ((time >= 10) & (time < 20)).float().expand(200, FRAMES).contiguous()
    warped, target, emotion = applied(TimeWarp(1.5), (flow, spot, spot.long()))
    speed = warped[:, :1, 1:2] / 0.1  # (B, 1, 1)
    assert 1 / 1.5 <= float(speed.min()) < 0.8
    assert 1.3 < float(speed.max()) <= 1.5
    expected = (0.1 * speed * time).clamp(max=0.1 * (FRAMES - 1)).expand_as(warped)
    torch.testing.assert_close(warped, expected)
    inside = ((expected[:, 0] / 0.1).round() >= 10) & ((expected[:, 0] / 0.1).round() < 20)
    assert (target.bool() == inside).float().mean() > 0.999  # at halves either frame is right
    assert torch.equal(target.long(), emotion)


def test_regions_drop_out_as_a_whole() -> None:
    flow, *targets = batch()
    dropped, *others = applied(ChannelDropout(0.2), (flow, *targets))
    still = (dropped == 0).all(2).reshape(len(flow), 5, 2)  # (B, regions, x and y)
    assert torch.equal(still[..., 0], still[..., 1])
    assert float(still.float().mean()) == pytest.approx(0.2, abs=0.03)
    moving = ~still.reshape(len(flow), 10)
    assert torch.equal(dropped[moving], flow[moving])
    assert all(torch.equal(x, y) for x, y in zip(targets, others, strict=True))


def test_some_faces_are_mirrored_and_twice_is_not_at_all() -> None:
    given = batch()
    once = applied(MirroredFace(), given)
    turned = (once[0] != given[0]).flatten(1).any(1)
    assert float(turned.float().mean()) == pytest.approx(0.5, abs=0.1)
    assert torch.equal(once[0][turned][:, 0], -given[0][turned][:, 2])  # x of the brows
    assert torch.equal(once[0][turned][:, 1], given[0][turned][:, 3])  # y
    assert torch.equal(applied(MirroredFace(), once)[0], given[0])


@pytest.mark.parametrize(("rois", "least"), [("me_tst", 0.9), ("me_tst_plus", 0.8)])
@pytest.mark.slow
def test_mirrored_flow_is_the_flow_of_the_mirrored_video(
    rois: str, least: float, tiny_root: Path
) -> None:
    """Every channel, over frames in which the whole face moves."""
    folder = tiny_root / "data" / "spNO.1" / "b" / "color"
    source = ImageFolder(sorted(folder.glob("*.jpg"), key=lambda path: int(path.stem)))
    video = np.stack([source.read(i) for i in range(100, 100 + FRAMES)])  # (T, H, W)

    def flow(frames: Frame) -> Tensor:
        frames = np.ascontiguousarray(frames)
        detector = face_detector("mesh")
        (window,) = iter_windows(ArrayFrames(frames), [0], FRAMES, detector, roi_set(rois))
        return torch.from_numpy(window.features)

    augmentation = MirroredFace(share=1)
    augmentation.prepare(roi_set(rois))
    (made,) = augmentation.apply((flow(video)[None],), np.random.default_rng(0))
    measured = flow(video[:, :, ::-1])
    for channel, (one, other) in enumerate(zip(made[0], measured, strict=True)):
        assert float(torch.corrcoef(torch.stack([one, other]))[0, 1]) > least, channel


def test_draws_are_named_by_class_and_epoch() -> None:
    flow, spot, emotion = batch()
    windows = Windows(flow, spot, emotion, (100, "spNO.1"), [TimeWarp(), ChannelDropout()])
    first, again, later = (
        windows[next(in_batches(torch.arange(8), 8, epoch))][0] for epoch in (3, 3, 4)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, later)


def test_samples_are_augmented_as_chosen() -> None:
    (gain,) = FlowWindows(50).augmentations
    assert isinstance(gain, Gain)
    assert (gain.lowest, gain.highest) == (90, 110)
    assert FlowWindows(50, augmentations=[]).augmentations == []


@pytest.mark.parametrize(
    "refused",
    [
        lambda: TimeWarp(1),
        lambda: ChannelDropout(0),
        lambda: MirroredFace(1.5),
        lambda: Gain(110, 90),
        lambda: FlowWindows(
            50, rois="tests.support.systems.wide.EIGHTEEN", augmentations=[MirroredFace()]
        ),
    ],
)
def test_what_cannot_work_is_refused(refused: object) -> None:
    with pytest.raises(ConfigError, match="expected"):
        refused()  # type: ignore[operator]
