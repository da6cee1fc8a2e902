import math

import pytest
import torch
from torch import Tensor, nn

from metst.base.errors import ConfigError
from metst.network.losses import FocalLoss, WeightedCrossEntropy, analysis_loss, check_losses


def test_both_parts_frame_by_frame() -> None:
    generator = torch.Generator().manual_seed(0)
    score = torch.rand(3, 4, generator=generator)
    spot = (torch.rand(3, 4, generator=generator) > 0.5).float()
    logits = torch.randn(3, 4, 5, generator=generator)
    emotion = torch.randint(5, (3, 4), generator=generator)
    weights = torch.tensor([1.0, 2.0, 0.5, 3.0, 6.0])
    squares, entropies = [], []
    for b in range(3):
        for t in range(4):
            squares.append((float(score[b, t]) - float(spot[b, t])) ** 2)
            c = int(emotion[b, t])
            raw = [math.exp(float(x)) for x in logits[b, t]]
            entropies.append(-float(weights[c]) * math.log(raw[c] / sum(raw)))
    loss = analysis_loss(score, spot, logits, emotion, weights, spot_weight=0.7)
    assert float(loss.spot) == pytest.approx(sum(squares) / 12, rel=1e-5)
    assert float(loss.recognition) == pytest.approx(sum(entropies) / 12, rel=1e-5)
    parts = 0.7 * float(loss.spot) + 0.3 * float(loss.recognition)
    assert float(loss.total) == pytest.approx(parts, rel=1e-5)


def test_weight_zero_frees_neutral_frames() -> None:
    logits = torch.zeros(1, 6, 5, requires_grad=True)
    emotion = torch.tensor([[0, 1, 4, 4, 2, 3]])
    weights = torch.tensor([1.0, 1.0, 1.0, 1.0, 0.0])
    flat = torch.full((1, 6), 0.5)
    analysis_loss(flat, flat, logits, emotion, weights).total.backward()
    assert logits.grad is not None
    moved = logits.grad.abs().sum(-1)[0] > 0
    assert moved.tolist() == [True, True, False, False, True, True]


def frames(height: float = 2.0) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of 40 frames, their classes and class weights."""
    generator = torch.Generator().manual_seed(1)
    logits = height * torch.randn(40, 5, generator=generator)
    return logits, torch.randint(5, (40,), generator=generator), torch.rand(5, generator=generator)


def test_the_focal_loss_weighs_a_frame_by_what_is_missing() -> None:
    logits, classes, weights = frames()
    likely = logits.softmax(1)[torch.arange(40), classes]
    expected = -(weights[classes] * (1 - likely) ** 2 * likely.log()).sum() / 40
    torch.testing.assert_close(FocalLoss()(logits, classes, weights), expected)
    released = WeightedCrossEntropy()(logits, classes, weights)
    torch.testing.assert_close(FocalLoss(0)(logits, classes, weights), released)
    assert float(expected) < float(released)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_its_gradient_is_a_number_where_all_is_certain(gamma: float) -> None:
    logits, classes, weights = frames(height=1e4)
    logits.requires_grad_()
    FocalLoss(gamma)(logits, classes, weights).backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("loss", [nn.BCELoss(), nn.HuberLoss(), nn.MSELoss(), nn.L1Loss()])
def test_losses_of_torch_serve_for_spotting(loss: nn.Module) -> None:
    check_losses(loss, WeightedCrossEntropy(), torch.ones(5))
    score, spot = torch.full((2, 3), 0.25), torch.ones(2, 3)
    logits, emotion = torch.zeros(2, 3, 5), torch.zeros(2, 3).long()
    both = analysis_loss(score, spot, logits, emotion, torch.ones(5), 0.5, loss, FocalLoss())
    assert float(both.spot) == pytest.approx(float(loss(score, spot)))
    assert float(both.recognition) == pytest.approx(0.8**2 * math.log(5))
    assert float(both.total) == pytest.approx((float(both.spot) + float(both.recognition)) / 2)


@pytest.mark.parametrize(
    ("spotting", "recognition", "message"),
    [
        (nn.MSELoss(reduction="none"), FocalLoss(), r"spotting_loss .*MSELoss: .*, got \(2, 3\)$"),
        (nn.MSELoss(), nn.CrossEntropyLoss(), r"recognition_loss .*CrossEntropyLoss: .* it failed"),
    ],
)
def test_a_loss_that_is_no_number_is_refused(
    spotting: nn.Module, recognition: nn.Module, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        check_losses(spotting, recognition, torch.ones(5))
