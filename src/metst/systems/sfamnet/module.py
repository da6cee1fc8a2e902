"""SFAMNet as a LightningModule: spotting and recognition learned together.

Shapes: B images, E emotion classes.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss

from metst.base.settings import require
from metst.intervals.decoder import DECODERS
from metst.intervals.sampled import SampleDecoder
from metst.samples import expect
from metst.systems.checks import check_emotions, check_rates
from metst.systems.sample_spotter import SampleSpotter
from metst.systems.sfamnet.decoder import PUBLISHED, Quirks, get_decoder
from metst.systems.sfamnet.network import Network
from metst.systems.sfamnet.samples import SFAMNetSamples
from metst.systems.spotter import Outputs


class SFAMNet(SampleSpotter):
    """Scene flow attention-based micro-expression network (2024; code under BSD-3).

    Published on CAS(ME)^3: spotting F1 .0716, with optical flow .0591; recognition of 4 classes
    UF1 .4462 and UAR .4797, with optical flow .3853 and .4142, of 7 classes .2365 and .2373;
    STRS .0331.

    Images (B, 3, 42, 42): u, v and strain in pixels, in the place of scene flow, whose extraction
    is not published ("SFAMNet-O"). Batches are (images, spot (B,), emotion (B,)), with neutral as
    class E. Published: batches of 1024, 1,001 updates, each sample times .90 to 1.10, the
    last weights are used.

    Leak in the published scores: heights, lengths and limits were tuned on the data set.

    Different in the published scores: an ME of more than 30 frames ended as long after its apex as
    it begins before it, and one whose onset is its apex and offset did not count. Here every system
    is judged by the intervals as they are annotated. The constants count samples of two frames,
    whatever the frame rate (CAS(ME)^3: 30/s).

    Different from the published code: no cross-entropy is added where a batch is neutral alone. It
    would be 0/0, presumably why 4 of the 100 released folds hold weights that are NaN.

    Args:
        emotions: E.
        lr: learning rate of Adam.
        spot_weight: share of the spotting loss; the rest is recognition's.
        quirks: of the decoder `authors`.

    Attributes:
        class_weights: of recognition, (E + 1,); see `balanced`.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    reads = SFAMNetSamples

    def __init__(
        self,
        emotions: int = 4,
        lr: float = 1e-4,
        spot_weight: float = 0.9,
        quirks: Quirks = Quirks(),  # noqa: B008
    ) -> None:
        super().__init__()
        check_rates(lr)
        require("model.spot_weight", spot_weight, 0 <= spot_weight <= 1, "a share, 0 to 1")
        self.network = Network(emotions)
        self.emotions = emotions
        self.lr = lr
        self.spot_weight = spot_weight
        self.quirks = quirks
        self.class_weights: Tensor | None = None

    def setup(self, stage: str) -> None:
        """Calibrate, and refuse another number of emotions than the fold's."""
        check_emotions(self.emotions, self.data.fold.emotions)
        super().setup(stage)
        if stage == "fit":
            counts = expect(self.data.samples, SFAMNetSamples).emotion_counts()
            self.class_weights = balanced(counts)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Score (B,) and logits (B, E + 1) of images (B, 3, 42, 42)."""
        score, logits = self.network(images)
        return score, logits

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], batch_idx: int) -> Tensor:  # noqa: ARG002
        """Loss of one batch."""
        images, spot, emotion = batch
        score, logits = self(images)
        assert self.class_weights is not None  # set in `setup`
        weights = self.class_weights.to(logits.device)
        spotting = mse_loss(score, spot)
        recognition = weighted_cross_entropy(logits, emotion, weights)
        total = self.spot_weight * spotting + (1 - self.spot_weight) * recognition
        losses = {"loss": total, "loss_spotting": spotting, "loss_recognition": recognition}
        self.log_dict(losses, on_step=False, on_epoch=True, batch_size=len(images))
        return total

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        return torch.optim.Adam(self.parameters(), lr=self.lr)

    def decoders(self) -> Sequence[SampleDecoder]:
        """Micro- and macro-expressions, each by two decoders."""
        return [get_decoder(name, kind, self.quirks) for kind in PUBLISHED for name in DECODERS]

    def test_step(self, batch: tuple[Tensor, ...], batch_idx: int) -> Outputs:  # noqa: ARG002
        """Score (B,) and logits (B, E + 1) of the left-out subject's samples."""
        score, logits = self(batch[0])
        return {"score": score, "logits": logits}


def balanced(counts: Tensor) -> Tensor:
    """Class weights n / (C * n_c) over the n labels that are not neutral; neutral has 0.

    Args:
        counts: (E + 1,) training labels of each class. A class without any has 0, and C is the
            number of the others.
    """
    counted = torch.cat([counts[:-1], counts.new_zeros(1)]).double()
    weights = counted.sum() / (counted.count_nonzero() * counted)
    return weights.where(counted > 0, 0).float()


def weighted_cross_entropy(logits: Tensor, emotion: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy divided by the summed weights of the batch; 0 where they are all 0."""
    summed = cross_entropy(logits, emotion, weights, reduction="sum")
    total = weights[emotion].sum()
    return summed / total.where(total > 0, 1)
