"""MEAN as a LightningModule: spotting first, then recognition on the frozen trunk.

Shapes: B images, E emotion classes.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss, pad

from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.intervals.decoder import DECODERS
from metst.intervals.sampled import SampleDecoder
from metst.intervals.stitching import Curves
from metst.network import keras
from metst.samples import PairImages, expect
from metst.systems.checks import check_rates
from metst.systems.mean.decoder import Quirks, get_decoder
from metst.systems.mean.network import Network
from metst.systems.mean.samples import MEANSamples
from metst.systems.sample_spotter import SampleSpotter
from metst.systems.spotter import Outputs

STREAM_L2, HEAD_L2 = 1e-3, 0.1  # of convolution kernels; the linear layers have none


class MEAN(SampleSpotter):
    """Micro-expression analysis network (2023; code without a licence).

    Published: SAMM-LV spotting F1 .0949, recognition UF1 .5018 and UAR .4762 on 19 true positives,
    STRS .0499; CAS(ME)^2 F1 .1214, recognition F1 .6667 on 7, STRS .0809; CAS(ME)^3 by SFAMNet's
    authors F1 .0283, UF1 .3894, UAR .4004, STRS .0100.

    Images (B, 3, 42, 42): u, v and strain of frames 0.1 s apart, each scaled to 0..1 (`flow_mean`).
    In the first `spotting_epochs` epochs batches are (images, spot (B,)), afterwards (images,
    emotion (B,)) with the flow from onset to apex. Published: batches of 32, 10 epochs and 100, the
    last one is used.

    Leaks in the published scores: the mean length of MEs, of which the labels and the intervals are
    made, includes the left-out subject's; the height of peaks was chosen on the data; only videos
    with a labeled ME were used.

    Different from the published code: a new network and optimizer per fold (theirs kept one
    optimizer for all, and folds of the second stage misaligned where several lacked a trained
    emotion); the frozen trunk is in inference mode, which theirs was in the test alone.

    Args:
        emotions: E; there is no neutral class. With fewer than the data set has, MEs of its last
            classes are spotted, and nothing is named so: published with 3, without "others" (to
            score them alone: --evaluation.analyzed '[negative, positive, surprise]').
        lr: learning rate of Adam in both stages.
        spotting_epochs: epochs of the first stage.
        dropout: rates after each stream, and in front of a head's linear layer.
        batch_statistics: the quirk of the published code: in the second stage the trunk normalizes
            by the batch and drops out; its running statistics stay.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    reads = MEANSamples

    variants = ("spotting_first",)

    def __init__(
        self,
        emotions: int = 4,
        lr: float = 5e-4,
        spotting_epochs: int = 10,
        dropout: tuple[float, float] = (0.3, 0.2),
        batch_statistics: bool = False,
        quirks: Quirks = Quirks(),  # noqa: B008
    ) -> None:
        super().__init__()
        check_rates(lr, *dropout)
        expected = "0 or a number of epochs"
        require("model.spotting_epochs", spotting_epochs, spotting_epochs >= 0, expected)
        self.network = Network(emotions, dropout)
        self.emotions = emotions
        self.lr = lr
        self.spotting_epochs = spotting_epochs
        self.batch_statistics = batch_statistics
        self.quirks = quirks

    def setup(self, stage: str) -> None:
        """Calibrate, and refuse more emotions than the fold's."""
        names = self.data.fold.emotions
        expected = f"1 to {len(names)}, the first of {', '.join(names)}"
        require("model.emotions", self.emotions, 1 <= self.emotions <= len(names), expected)
        super().setup(stage)
        samples = expect(self.data.samples, MEANSamples)
        samples.spotting_epochs, samples.emotions = self.spotting_epochs, names[: self.emotions]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Score (B,) and logits (B, E) of images (B, 3, 42, 42)."""
        score, logits = self.network(images)
        return score, logits

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:  # noqa: ARG002
        """Loss of one batch of a stage, with the L2 penalty of the kernels in use."""
        images, target = batch
        if target.is_floating_point():  # emotions are whole numbers
            loss = self._spotting_loss(images, target)
        else:
            loss = self._recognition_loss(images, target)
        self.log("loss", loss, on_step=False, on_epoch=True, batch_size=len(images))
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """One Adam; a head that has had no gradient yet has no moments yet."""
        return keras.Adam(self.parameters(), self.lr)

    def decoders(self) -> Sequence[SampleDecoder]:
        """Peaks of the score."""
        return [get_decoder(name, self.quirks) for name in DECODERS]

    def test_step(self, batch: tuple[Tensor, ...], batch_idx: int) -> Outputs:  # noqa: ARG002
        """Score (B,) and logits (B, E) of the left-out subject's samples."""
        score, logits = self(batch[0])
        return {"score": score, "logits": logits}

    def _curves(
        self, outputs: Outputs, samples: PairImages, recordings: Sequence[Recording]
    ) -> Curves:
        """Curves with the classes that are not learned, impossible."""
        missing = len(samples.fold.emotions) - self.emotions
        logits = pad(outputs["logits"], (0, missing), value=-math.inf)
        return super()._curves({**outputs, "logits": logits}, samples, recordings)

    def _spotting_loss(self, images: Tensor, spot: Tensor) -> Tensor:
        network = self.network
        score = network.spotting(network.trunk(images)).squeeze(1)  # (B, 1) -> (B,)
        penalty = STREAM_L2 * keras.l2(network.trunk) + HEAD_L2 * keras.l2(network.spotting[0])
        return mse_loss(score, spot) + penalty

    def _recognition_loss(self, images: Tensor, emotion: Tensor) -> Tensor:
        """The trunk's own penalty is a constant here, as in the published losses."""
        network = self.network
        with torch.no_grad():
            features = self._frozen_trunk()(images)
            constant = STREAM_L2 * keras.l2(network.trunk)
        penalty = constant + HEAD_L2 * keras.l2(network.recognition[0])
        return cross_entropy(network.recognition(features), emotion) + penalty

    def _frozen_trunk(self) -> nn.Module:
        trunk = self.network.trunk.train(self.batch_statistics)
        for layer in trunk.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.momentum = 0.0  # keeps the running statistics
        return trunk
