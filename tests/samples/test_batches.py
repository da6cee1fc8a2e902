"""Batches that depend on their key alone."""

import torch

from metst.samples.augmentations import Gain
from metst.samples.batches import KeyedBatches, Windows, in_batches

KEY = (100, "spNO.1")


def sampler(epoch: int = 0) -> KeyedBatches:
    flow, target = torch.zeros(10, 3, 5), torch.zeros(10, 5)
    return KeyedBatches(Windows(flow, target, target.long(), KEY), 4, epoch)


def batches(epoch: int) -> list[list[int]]:
    return [i.tolist() for _, _, i in sampler(epoch)]


def test_an_epoch_holds_every_window_once_and_keeps_the_short_batch() -> None:
    sizes = [len(b) for b in batches(0)]
    assert sizes == [4, 4, 2]
    assert len(sampler()) == 3
    assert sorted(i for batch in batches(0) for i in batch) == list(range(10))


def test_epochs_differ_and_repeat_exactly() -> None:
    keyed = sampler()
    first = [i.tolist() for _, _, i in keyed]
    keyed.set_epoch(1)
    second = [i.tolist() for _, _, i in keyed]
    assert first != second
    assert second == batches(1)


def test_gain_is_one_factor_per_window_in_range_and_keyed() -> None:
    flow, target = torch.ones(200, 3, 5), torch.zeros(200, 5)
    windows = Windows(flow, target, target.long(), KEY, [Gain()])
    item = next(in_batches(torch.arange(200), 200, epoch=2))
    gained, _, _ = windows[item]
    assert (gained == gained[:, :1, :1]).all()
    percent = (gained[:, 0, 0] * 100).round()
    assert (percent >= 90).all()
    assert (percent <= 110).all()
    assert len(percent.unique()) > 10
    assert torch.equal(windows[item][0], gained)
    assert not torch.equal(windows[(3, *item[1:])][0], gained)


def test_without_augmentation_nothing_changes() -> None:
    flow, target = torch.randn(6, 3, 5), torch.zeros(6, 5)
    windows = Windows(flow, target, target.long(), KEY)
    assert torch.equal(windows[(0, 0, torch.tensor([4, 1]))][0], flow[[4, 1]])
