"""ME-TST as a LightningModule: a network with its losses, optimizer and learning-rate schedule.

Shapes: B windows, k frames, C flow channels, E emotion classes.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.intervals.decoder import DECODERS, PEAK, Decoder, get_decoder
from metst.intervals.floor import LEAST, WINDOWS, learned_floor
from metst.intervals.proposals import Proposals
from metst.intervals.stitching import Curves, WindowOutputs
from metst.intervals.synergy import Motion, speed_curves
from metst.network.losses import Loss, WeightedCrossEntropy, analysis_loss, check_losses
from metst.samples import FlowWindows, expect
from metst.samples.batches import FlowBatch
from metst.samples.data import FoldData
from metst.samples.targets import class_weights
from metst.systems.me_tst.optimization import MakeOptimizer, MakeSchedule, optimization
from metst.systems.me_tst.outputs import check_outputs
from metst.systems.spotter import Outputs
from metst.systems.system import System


class AnalysisModule(System):
    """Spotting and recognition learned together (ME-TST, section II).

    Args:
        network: maps flow (B, C, T) to a score (B, T) in [0, 1] and logits (B, T, E + 1).
        lr: learning rate, of the one-cycle schedule the peak (released: 1e-4).
        spot_weight: share of the spotting loss; the rest is recognition's (released: 0.9).
        neutral_factor: factor on the balanced weight of the neutral class (released: 6). 0 trains
            recognition on micro-expressions alone, which is the paper's "without synergy".
        peak: where the peak threshold lies between mean and maximum of the smoothed score
            (released: 0.55).
        optimizer: class of an optimizer; its learning rate is `lr`. None: Adam, as released.
        schedule: class of a learning-rate schedule, its numbers in epochs. None: one cycle over all
            batches, as released.
        spotting_loss: maps score (B, T) and target (B, T) to one number. None: squared error, as
            released; `torch.nn.BCELoss` and `HuberLoss` serve.
        recognition_loss: maps logits (N, E + 1) of frames, their classes (N,) and the weights of
            the classes (E + 1,) to one number. None: as released, see `metst.network.losses`.

    Raises:
        ConfigError: a number that nothing can be learned with.
    """

    def __init__(
        self,
        network: nn.Module,
        lr: float = 1e-4,
        spot_weight: float = 0.9,
        neutral_factor: float = 6.0,
        peak: float = PEAK,
        optimizer: MakeOptimizer | None = None,
        schedule: MakeSchedule | None = None,
        spotting_loss: nn.Module | None = None,
        recognition_loss: nn.Module | None = None,
    ) -> None:
        super().__init__()
        require("model.lr", lr, 0 < lr < math.inf, "a number above 0")
        require("model.spot_weight", spot_weight, 0 <= spot_weight <= 1, "a share, 0 to 1")
        finite = 0 <= neutral_factor < math.inf
        require("model.neutral_factor", neutral_factor, finite, "0 or a number above 0")
        require("model.peak", peak, 0 <= peak <= 1, "a share, 0 to 1")
        self.network = network
        self.lr = lr
        self.spot_weight = spot_weight
        self.neutral_factor = neutral_factor
        self.peak = peak
        self.optimizer, self.schedule = optimizer, schedule
        self.spotting_loss = spotting_loss or nn.MSELoss()
        self.recognition_loss = recognition_loss or WeightedCrossEntropy()
        self.class_weights: Tensor | None = None
        self._k_p: dict[str, int] = {}
        self._motion_threshold: float | None = None

    # Training

    def setup(self, stage: str) -> None:
        """Weigh the classes by their frames in this fold's training windows."""
        super().setup(stage)
        if stage == "fit":
            counts = self._samples(self.data).emotion_counts()
            weights = class_weights(
                counts, self.neutral_factor, missing="ignore", emotions=self.data.fold.emotions
            )
            self.class_weights = weights.to(device=self.device, dtype=torch.float32)

    def on_fit_start(self) -> None:
        """Refuse a network whose outputs cannot be trained, and losses that do not serve."""
        flow, *_ = self._samples(self.data).training().plain(torch.tensor([0]))
        twice = flow.to(self.device).repeat(2, 1, 1)  # a single window hides a lost dimension
        check_outputs(self.network, twice, self.data.fold.emotions)
        assert self.class_weights is not None  # set in `setup`
        check_losses(self.spotting_loss, self.recognition_loss, self.class_weights.to(self.device))

    def forward(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        """Score (B, T) and logits (B, T, E + 1) of flow (B, C, T)."""
        score, logits = self.network(flow)
        return score, logits

    def training_step(self, batch: FlowBatch, batch_idx: int) -> Tensor:  # noqa: ARG002
        """Loss of one batch of windows."""
        return self._loss(batch, "loss").total

    def validation_step(self, batch: FlowBatch, batch_idx: int) -> None:  # noqa: ARG002
        """Losses of a batch of the validation subjects."""
        self._loss(batch, "val_loss")

    def _loss(self, batch: FlowBatch, name: str) -> Loss:
        """Losses of a batch; their means over the epoch are logged under `name` and its parts."""
        flow, *targets = batch
        score, logits = self(flow)
        members = len(score) // len(flow)  # more than one of an ensemble in training
        spot, emotion = (target.repeat(members, 1) for target in targets)
        assert self.class_weights is not None  # set in `setup`
        loss = analysis_loss(
            *(score, spot, logits, emotion, self.class_weights.to(score.device), self.spot_weight),
            *(self.spotting_loss, self.recognition_loss),
        )
        losses = {
            name: loss.total,
            f"{name}_spotting": loss.spot,
            f"{name}_recognition": loss.recognition,
        }
        self.log_dict(losses, on_step=False, on_epoch=True, batch_size=len(flow))
        return loss

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """The released ones, or those that were chosen."""
        steps = int(self.trainer.estimated_stepping_batches)
        return optimization(self.parameters(), self.lr, steps, self.optimizer, self.schedule)

    # Test

    def calibrate(self, data: FoldData) -> None:
        """k_p of both decoders; the speed above which recognition decides, when it is needed."""
        fold = data.fold
        self._k_p = {
            name: self._decoder(name, data).half_length(fold.recordings, fold.subject)
            for name in DECODERS
        }
        self._motion_threshold = None

    def test_step(self, batch: FlowBatch, batch_idx: int) -> Outputs:  # noqa: ARG002
        """Score (B, T) and logits (B, T, E + 1) of the left-out subject's windows or videos."""
        score, logits = self(batch[0])
        return {"score": score, "logits": logits}

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:
        """Peaks of the stitched and smoothed score, labeled by every synergy strategy."""
        samples, test = self._samples(data), data.fold.test
        counts = samples.window_counts(test)
        flow = samples.test_flow().to(outputs["score"].device)
        if self._motion_threshold is None:  # reads the flow of all training subjects
            self._motion_threshold = samples.motion_threshold()
        motion = Motion(speed_curves(flow, counts, test, samples.k), self._motion_threshold)
        found = []
        for name in DECODERS:
            curves, decoder = self._curves(name, outputs, data), self._decoder(name, data, outputs)
            found.append(decoder.propose(curves, test, self._k_p[name], motion))
        return found

    def named(self, intervals: Proposals, outputs: Outputs, data: FoldData) -> Proposals:
        """Given intervals with the emotion that the frames in each vote for."""
        name = intervals.decoder
        return self._decoder(name, data).named(self._curves(name, outputs, data), intervals)

    def learned(self, data: FoldData) -> Mapping[str, Mapping[str, float]]:
        """The floor: height that a find in a new video needs, see `intervals.floor`."""
        decoder, k_p = self._decoder("strict", data), self._k_p["strict"]
        curves, recordings = self._training_curves(data)
        if curves is None:
            return {"strict": {"floor": LEAST}}
        smoothed, _ = decoder.spotting_curve(curves, k_p)
        return {"strict": {"floor": learned_floor(smoothed, recordings, k_p)}}

    def _training_curves(self, data: FoldData) -> tuple[Curves | None, Sequence[Recording]]:
        """Scores of some training videos, as `strict` stitches them; None where there is none."""
        samples = self._samples(data)
        recordings: list[Recording] = []
        parts: list[Tensor] = []
        for recording, flow in samples.training_flow(WINDOWS):
            batches = torch.split(flow.to(self.device), data.batch_size)  # (B, C, T) each
            parts.append(torch.cat([self(batch)[0] for batch in batches]))  # (B, T)
            recordings.append(recording)
        if not parts:
            return None, ()
        score = samples.join(parts, 1, recordings)  # (N, k)
        nothing = score.new_zeros(*score.shape, 0)  # no logits
        counts = samples.window_counts(recordings)
        windows = WindowOutputs(score, nothing, counts, tuple(recordings), samples.k)
        return self._decoder("strict", data).curves(windows), recordings

    def _curves(self, decoder: str, outputs: Outputs, data: FoldData) -> Curves:
        """Curves of the left-out subject's videos, as a decoder stitches them."""
        samples, test = self._samples(data), data.fold.test
        counts = samples.window_counts(test)
        windows = WindowOutputs(outputs["score"], outputs["logits"], counts, test, samples.k)
        return self._decoder(decoder, data).curves(windows)

    def _samples(self, data: FoldData) -> FlowWindows:
        return expect(data.samples, FlowWindows)

    def _decoder(self, name: str, data: FoldData, outputs: Outputs | None = None) -> Decoder:  # noqa: ARG002
        """Decoder by name; `outputs` hold what a subclass has fitted to the training subjects."""
        k = self._samples(data).k
        return get_decoder(name, k=k, batch_size=data.batch_size, peak=self.peak)
