"""The LightningModule: its losses, its schedule, and what it refuses."""

from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from metst.datasets.labels.records import EMOTIONS
from metst.samples import FlowWindows, Fold
from metst.systems.me_tst.module import AnalysisModule

B, C, K, E = 3, 10, 8, 5


class Fixed(nn.Module):
    """A network with one weight, whose outputs are easy to compute by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.5))

    def forward(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        score = torch.sigmoid(self.weight * flow[:, 0])
        return score, self.weight * flow[:, :E].transpose(1, 2)


def module(counts: list[int], **arguments: float) -> AnalysisModule:
    made = AnalysisModule(Fixed(), **arguments)
    made.calibrate = lambda _: None  # type: ignore[method-assign]  # no labels here
    samples = FlowWindows(K)
    samples.emotion_counts = lambda: torch.tensor(counts)  # type: ignore[method-assign]
    data = SimpleNamespace(samples=samples, fold=Fold("1", 0, (), EMOTIONS))
    made._trainer = SimpleNamespace(datamodule=data, estimated_stepping_batches=40)
    made.setup("fit")
    return made


def batch() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    flow = torch.randn(B, C, K, generator=generator)
    emotion = torch.randint(E, (B, K), generator=generator)
    return flow, (emotion < 4).float(), emotion


def test_the_loss_is_nine_parts_squared_error_and_one_part_weighted_cross_entropy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = [10, 20, 30, 40, 900]
    made = module(counts)
    monkeypatch.setattr(made, "log_dict", lambda *_, **__: None)
    flow, spot, emotion = batch()
    loss = made.training_step((flow, spot, emotion), 0).detach()
    score, logits = made(flow)
    weights = torch.tensor([1000 / (5 * n) for n in counts])
    weights[4] *= 6
    log = torch.log_softmax(logits, dim=-1).flatten(0, 1)
    picked = log[torch.arange(B * K), emotion.flatten()]
    recognition = -(weights[emotion.flatten()] * picked).sum() / (B * K)
    expected = 0.9 * functional.mse_loss(score, spot) + 0.1 * recognition
    assert float(loss) == pytest.approx(float(expected.detach()), rel=1e-5)


def test_without_synergy_neutral_frames_do_not_train_recognition() -> None:
    made = module([10, 20, 30, 40, 900], neutral_factor=0.0)
    assert made.class_weights is not None
    assert made.class_weights[4] == 0
    assert (made.class_weights[:4] > 0).all()


def test_one_cycle_over_all_batches_peaks_at_the_learning_rate() -> None:
    made = module([1, 1, 1, 1, 1], lr=0.02)
    configured = made.configure_optimizers()
    optimizer, entry = configured["optimizer"], configured["lr_scheduler"]
    assert isinstance(optimizer, torch.optim.Adam)
    assert entry["interval"] == "step"
    rates = []
    for _ in range(40):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        entry["scheduler"].step() if len(rates) < 40 else None
    assert max(rates) == pytest.approx(0.02)
    assert rates[0] < 0.002
    assert rates[-1] < 1e-5
    assert 5 < rates.index(max(rates)) < 20


def test_the_optimizer_is_adam() -> None:
    """Kingma and Ba 2015, algorithm 1, at the learning rate of each step."""
    made = module([1, 1, 1, 1, 1], lr=0.02)
    optimizer = made.configure_optimizers()["optimizer"]
    weight = made.network.weight
    value, first, second = weight.item(), 0.0, 0.0
    rate, (beta, _) = (optimizer.param_groups[0][key] for key in ("lr", "betas"))
    for step in range(1, 6):
        gradient = 3.0 * step - 7
        weight.grad = torch.tensor(gradient)
        optimizer.step()
        first = beta * first + (1 - beta) * gradient
        second = 0.999 * second + 0.001 * gradient**2
        value -= rate * (first / (1 - beta**step)) / ((second / (1 - 0.999**step)) ** 0.5 + 1e-8)
        assert weight.item() == pytest.approx(value, rel=1e-5)
