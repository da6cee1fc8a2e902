"""RCN-A as a LightningModule."""

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler

from metst.base.settings import require
from metst.systems.checks import check_rates
from metst.systems.image_recognizer import ImageRecognizer
from metst.systems.rcn_a.network import Network
from metst.systems.spotter import Spotter

MOMENTUM = 0.9
HALVING = 10  # epochs after which the learning rate is halved, again and again


class RCNA(ImageRecognizer):
    """Recurrent convolutional network with attention (2020; code without a licence).

    A port of the code is under Apache-2.0. Published UF1 and UAR on CAS(ME)^3: .3928 and .3893 with
    RGB-D, .4002 and .4229 with optical flow, .3966 and .3978 with scene flow.

    Images (B, 3, 60, 60): u, v and strain, each scaled to 0..255, in this order. The published ones
    are pictures of flow whose method and scale are not stated. Published: batches of 64 in a new
    order per epoch; width 32, 5 x 5 pooled pixels and 20 epochs in the README, 64, 7 x 7 and 100 in
    the code.

    Different from the published code: a class whose attention map is constant has attention 1; it
    would be NaN.

    Args:
        spotter: whose intervals are named.
        emotions: number of classes; there is no neutral one.
        width: channels of all layers.
        pooled: rows and columns in front of the last layer.
        lr: first learning rate of SGD with momentum 0.9.
        dropout: rate after the stem and after the recurrent layers.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(
        self,
        spotter: Spotter,
        emotions: int = 4,
        width: int = 32,
        pooled: int = 5,
        lr: float = 5e-4,
        dropout: float = 0.5,
    ) -> None:
        check_rates(lr, dropout)
        require("model.width", width, width >= 1, "at least 1")
        require("model.pooled", pooled, pooled >= 1, "at least 1")
        super().__init__(spotter, Network(emotions, width, pooled, dropout), emotions, lr)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """SGD whose learning rate is halved every ten epochs."""
        optimizer = torch.optim.SGD(self.parameters(), lr=self.lr, momentum=MOMENTUM)
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, HALVING, gamma=0.5)
        return {"optimizer": optimizer, "lr_scheduler": schedule}
