"""The LightningModule: a network with its losses, optimizer and learning-rate schedule.

Shapes: B windows, k frames, C flow channels, E emotion classes.
"""

import math
from typing import Any, cast

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from metst.base.settings import require
from metst.network.losses import analysis_loss
from metst.samples.data import FoldData
from metst.samples.targets import class_weights

Batch = tuple[Tensor, Tensor, Tensor]
"""Flow (B, C, k), spotting target (B, k) in {0, 1}, emotion class (B, k)."""


class AnalysisModule(LightningModule):
    """Spotting and recognition learned together (ME-TST, section II).

    Args:
        network: maps flow (B, C, T) to a score (B, T) in [0, 1] and logits (B, T, E + 1).
        lr: learning rate of Adam and peak of the one-cycle schedule (released: 1e-4).
        spot_weight: share of the spotting loss; the rest is recognition's (released: 0.9).
        neutral_factor: factor on the balanced weight of the neutral class (released: 6). 0 trains
            recognition on micro-expressions alone, which is the paper's "without synergy".

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(
        self,
        network: nn.Module,
        lr: float = 1e-4,
        spot_weight: float = 0.9,
        neutral_factor: float = 6.0,
    ) -> None:
        super().__init__()
        require("model.lr", lr, 0 < lr < math.inf, "a number above 0")
        require("model.spot_weight", spot_weight, 0 <= spot_weight <= 1, "a share, 0 to 1")
        finite = 0 <= neutral_factor < math.inf
        require("model.neutral_factor", neutral_factor, finite, "0 or a number above 0")
        self.network = network
        self.lr = lr
        self.spot_weight = spot_weight
        self.neutral_factor = neutral_factor
        self.class_weights: Tensor | None = None

    @property
    def fold_data(self) -> FoldData:
        """The data module of the running fold."""
        return cast(FoldData, self.trainer.datamodule)  # type: ignore[attr-defined]

    def setup(self, stage: str) -> None:
        """Weigh the classes by their frames in this fold's training windows."""
        if stage == "fit":
            counts = self.fold_data.emotion_counts()
            weights = class_weights(counts, self.neutral_factor, missing="ignore")
            self.class_weights = weights.to(device=self.device, dtype=torch.float32)

    def forward(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Score (B, T) and logits (B, T, E + 1) of flow (B, C, T)."""
        score, logits = self.network(flow)
        return score, logits

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:  # noqa: ARG002
        """Loss of one batch of windows."""
        flow, spot, emotion = batch
        score, logits = self(flow)
        assert self.class_weights is not None  # set in `setup`
        weights = self.class_weights.to(score.device)
        total, spotting, recognition = analysis_loss(
            score, spot, logits, emotion, weights, spot_weight=self.spot_weight
        )
        losses = {"loss": total, "loss_spotting": spotting, "loss_recognition": recognition}
        self.log_dict(losses, on_step=False, on_epoch=True, batch_size=len(flow))
        return total

    def test_step(self, batch: Batch, batch_idx: int) -> dict[str, Tensor]:  # noqa: ARG002
        """Outputs of a batch of the left-out subject's windows, for the callbacks."""
        score, logits = self(batch[0])
        return {"score": score, "logits": logits}

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Adam with one cycle over all batches of all epochs, stepped per batch."""
        optimizer = torch.optim.Adam(self.parameters(), lr=self.lr, fused=True)
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.lr, total_steps=steps)
        scheduler: Any = {"scheduler": schedule, "interval": "step"}
        return {"optimizer": optimizer, "lr_scheduler": scheduler}
