import math

import pytest
import torch

from metst.network.losses import analysis_loss


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
