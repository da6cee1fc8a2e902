"""SOFTNet as a LightningModule.

Shapes: B images.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from metst.base.settings import require
from metst.intervals.decoder import DECODERS
from metst.intervals.sampled import Quirks, SampleDecoder
from metst.samples import expect
from metst.systems.checks import check_rates
from metst.systems.sample_spotter import SampleSpotter
from metst.systems.softnet.decoder import get_decoder
from metst.systems.softnet.network import Network
from metst.systems.softnet.samples import SOFTNetSamples
from metst.systems.spotter import Outputs


class SOFTNet(SampleSpotter):
    """Shallow optical flow three-stream network (2021; code without a licence); it only spots.

    Published F1 of micro-expressions: SAMM-LV .1520, CAS(ME)^2 .1173; of macro-expressions .2169
    and .2410, by a network of their own. The released weights reach .1568 and .0896.

    Images (B, 3, 42, 42): u, v and strain of frames half an ME apart, without the motion of the
    nose and the eyes, each scaled to 0..1 (`flow_softnet`). Published: batches of 12 in one order
    for all 10 epochs, the last one is used.

    Leaks in the published scores: the distance of frames and the length of intervals follow from
    all MEs, those of the left-out subject included.

    Different from the published code: images are scaled as copies (theirs were overwritten, so that
    from the second fold on augmentation met scaled images), and each epoch has an order of its own.

    Args:
        lr: learning rate of SGD, without momentum.
        kind: what is spotted, as in its samples.
        quirks: of the decoder `authors`.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    reads = SOFTNetSamples

    recognizes = False
    variants = ("none",)
    variant = "none"

    def __init__(
        self,
        lr: float = 5e-4,
        kind: Literal["micro", "macro"] = "micro",
        quirks: Quirks = Quirks(),  # noqa: B008
    ) -> None:
        super().__init__()
        check_rates(lr)
        self.network = Network()
        self.lr = lr
        self.kind: Literal["micro", "macro"] = kind
        self.quirks = quirks

    def setup(self, stage: str) -> None:
        """Calibrate, and refuse samples of another kind."""
        kind = expect(self.data.samples, SOFTNetSamples).kind
        require("model.kind", self.kind, self.kind == kind, f"{kind}, as data.samples.kind")
        super().setup(stage)

    def forward(self, images: Tensor) -> Tensor:
        """Score (B,) of images (B, 3, 42, 42)."""
        score: Tensor = self.network(images)
        return score

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:  # noqa: ARG002
        """Squared error of one batch: images and spot (B,)."""
        images, spot = batch
        loss = mse_loss(self(images), spot)
        self.log("loss", loss, on_step=False, on_epoch=True, batch_size=len(images))
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """SGD."""
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    def decoders(self) -> Sequence[SampleDecoder]:
        """Peaks of the score."""
        return [get_decoder(name, self.kind, self.quirks) for name in DECODERS]

    def test_step(self, batch: tuple[Tensor, ...], batch_idx: int) -> Outputs:  # noqa: ARG002
        """Score (B,) of the left-out subject's samples."""
        return {"score": self(batch[0])}
