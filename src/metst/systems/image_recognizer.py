"""Recognizers with a network over one image of flow per interval, from its onset to its apex.

Shapes: B images, C channels, S pixels, E emotion classes.
"""

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from metst.intervals.proposals import Proposals
from metst.samples import OnsetApexImages, expect
from metst.samples.data import FoldData
from metst.systems.checks import check_emotions, check_images
from metst.systems.recognizer import Recognizer
from metst.systems.spotter import Spotter

BLOCK = 64
"""Images that go through a network at once."""


class ImageRecognizer(Recognizer):
    """Names the emotion of an interval by an image of its flow; it knows no neutral class.

    Args:
        spotter: whose intervals are named, see `Recognizer`.
        network: maps images (B, C, S, S) with values 0..255 to logits (B, E).
        emotions: E.
        lr: learning rate.

    Raises:
        ConfigError: the spotter would have to be trained, or the network reads other images.
    """

    variants = ("spotting_first",)

    def __init__(self, spotter: Spotter, network: nn.Module, emotions: int, lr: float) -> None:
        super().__init__(spotter)
        self.network = network
        self.emotions = emotions
        self.lr = lr

    def setup(self, stage: str) -> None:
        """Calibrate, and refuse another number of emotions than the fold's, and other images."""
        check_emotions(self.emotions, self.data.fold.emotions)
        samples = expect(self.data.samples, OnsetApexImages)
        shape = 1, len(samples.channels), samples.size, samples.size
        check_images(self.network, torch.zeros(shape, device=self.device))
        super().setup(stage)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, E) of images (B, C, S, S)."""
        logits: Tensor = self.network(images)
        return logits

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:  # noqa: ARG002
        """Cross-entropy of one batch: images and emotion (B,)."""
        images, emotion = batch
        loss = cross_entropy(self(images), emotion)
        self.log("loss", loss, on_step=False, on_epoch=True, batch_size=len(images))
        return loss

    def recognize(self, proposals: Proposals, data: FoldData) -> Tensor:
        """Class probabilities (N, E) of N intervals."""
        images = expect(data.samples, OnsetApexImages).images_of(proposals)
        blocks = torch.split(images.to(self.device), BLOCK)
        parts = [self(block) for block in blocks]
        return torch.cat(parts).softmax(-1) if parts else images.new_zeros(0, self.emotions)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Adam, where a system does not use another."""
        # fused: six times faster over AlexNet's 57 million weights on a processor
        return torch.optim.Adam(self.parameters(), lr=self.lr, fused=True)
