"""A detector as a LightningModule: LSSNet, LGSNet, and both on ROI flow.

Shapes: B windows, C channels, T vectors of a window, K candidates of a window.
"""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor

from metst.base.settings import require
from metst.intervals.decoder import DECODERS, DecoderName
from metst.intervals.proposals import Proposals
from metst.network.detection import Boxes, Detector, Outputs, candidates, detection_loss
from metst.samples import FlowSequences, expect
from metst.samples.boxes import KINDS
from metst.samples.data import FoldData
from metst.samples.sequences import Sequences
from metst.systems.checks import check_rates
from metst.systems.detector.decoder import (
    THRESHOLD,
    DetectionDecoder,
    Quirks,
)
from metst.systems.detector.design import Design
from metst.systems.spotter import Outputs as TestOutputs
from metst.systems.system import System

WARM_UP = 5
"""Epochs in which the learning rate rises; after them it falls along half a cosine."""

BLOCK = 256
"""Windows that go through the network at once where thresholds are fitted."""


class DetectorSystem(System):
    """Finds micro- and macro-expressions as a detector finds boxes; it names no emotions.

    Batches are (windows (B, C, T), intervals (B, G, 2), labels (B, G)) of
    `metst.samples.sequences`. The last epoch is tested.

    Args:
        channels: C.
        design: network and rules.
        lr: learning rate of Adam after the warm-up.
        cold_start: the quirk of the published code: the first epoch's learning rate is 0.
        quirks: of the decoder `authors`.

    Attributes:
        reads: the samples that it is made for.

    Raises:
        ConfigError: a learning rate that nothing can be learned with.
    """

    reads: type[Sequences]
    recognizes = False
    variants: tuple[str, ...] = ("none",)
    variant = "none"

    def __init__(
        self, channels: int, design: Design, lr: float, cold_start: bool, quirks: Quirks
    ) -> None:
        super().__init__()
        check_rates(lr)
        self.design, self.lr, self.cold_start, self.quirks = design, lr, cold_start, quirks
        self.channels, self.network = channels, Detector(channels, design.shape)

    def forward(self, windows: Tensor) -> Outputs:
        """What is answered for windows (B, C, T)."""
        outputs: Outputs = self.network(windows)
        return outputs

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], batch_idx: int) -> Tensor:  # noqa: ARG002
        """Sum of the four losses of a batch."""
        windows, *boxes = batch
        grid = self.design.geometry.grid(windows.device)
        losses = detection_loss(self(windows), Boxes(*boxes), grid, self.design.loss)
        total = torch.stack(losses).sum()
        named = {"loss": total} | {f"loss_{k}": v for k, v in losses._asdict().items()}
        self.log_dict(named, on_step=False, on_epoch=True, batch_size=len(windows))
        return total

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Adam, which AdamW without decay equals, with a rate per epoch."""
        optimizer = torch.optim.Adam(self.parameters(), self.lr)
        epochs = int(self.trainer.max_epochs or 0)

        def factor(epoch: int) -> float:
            rising = (epoch + (not self.cold_start)) / WARM_UP
            falling = (epoch - WARM_UP) / max(1, epochs - WARM_UP)
            return min(1.0, rising, (math.cos(math.pi * max(0.0, falling)) + 1) / 2)

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        scheduler: Any = {"scheduler": schedule, "interval": "epoch"}
        return {"optimizer": optimizer, "lr_scheduler": scheduler}

    def test_step(self, batch: tuple[Tensor, ...], batch_idx: int) -> TestOutputs:  # noqa: ARG002
        """Candidates (B, K, 4) of the left-out subject's windows."""
        grid = self.design.geometry.grid(batch[0].device)
        return {"candidates": candidates(self(batch[0]), grid)}

    def calibrate(self, data: FoldData) -> None:
        """Nothing is fitted without the network; the samples are given how videos are cut.

        Raises:
            ConfigError: they have another number of channels than the network.
        """
        samples = self._samples(data)
        expected = f"{samples.channels}, those of data.samples"
        require("model.channels", self.channels, self.channels == samples.channels, expected)
        samples.plan = self.design.plan

    def fitted(self, data: FoldData) -> TestOutputs:
        """Thresholds (2,) of `strict`, best for training subjects that were not trained on."""
        samples = self._samples(data)
        videos = samples.held_out
        windows = samples.whole(videos)
        blocks = torch.split(torch.arange(len(windows)), BLOCK)
        batches = (windows.plain(block)[0].to(self.device) for block in blocks)
        found = torch.cat([self.test_step((batch,), 0)["candidates"] for batch in batches])
        decoder = self._decoder("strict")
        starts = [samples.starts(r) for r in videos]
        fit = decoder.fit(decoder.detections(found, starts, videos), videos)
        return {"thresholds": torch.tensor([fit[kind] for kind in KINDS], dtype=torch.float64)}

    def propose(self, outputs: TestOutputs, data: FoldData) -> Sequence[Proposals]:
        """Intervals of both kinds by each decoder."""
        samples, test = self._samples(data), data.fold.test
        starts = [samples.starts(r) for r in test]
        found = []
        for name in DECODERS:
            decoder = self._decoder(name)
            detections = decoder.detections(outputs["candidates"], starts, test)
            thresholds = dict(zip(KINDS, outputs["thresholds"].tolist(), strict=True))
            if decoder.quirks.fixed_threshold:
                thresholds = dict.fromkeys(KINDS, THRESHOLD)
            found += [decoder.propose(detections, test, kind, thresholds[kind]) for kind in KINDS]
        return found

    def _samples(self, data: FoldData) -> Sequences:
        return expect(data.samples, self.reads)

    def _decoder(self, name: DecoderName) -> DetectionDecoder:
        design = self.design
        quirks = Quirks.none() if name == "strict" else self.quirks
        anchors = len(design.geometry.grid().anchors)
        rules = design.reduction, design.most, design.plan.window, anchors
        return DetectionDecoder(name, quirks, *rules)


class FlowDetector(DetectorSystem):
    """A variation of ours on ROI flow; a subclass names its design.

    Args:
        channels: of the flow, 10 or 36.
        lr: learning rate after the warm-up.
        cold_start: see `DetectorSystem`.
        quirks: of the decoder `authors`.

    Raises:
        ConfigError: a learning rate that nothing can be learned with.
    """

    reads = FlowSequences
    flow: ClassVar[Design]

    def __init__(
        self,
        channels: int = 10,
        lr: float = 8e-4,
        cold_start: bool = False,
        quirks: Quirks = Quirks(),  # noqa: B008
    ) -> None:
        super().__init__(channels, self.flow, lr, cold_start, quirks)
