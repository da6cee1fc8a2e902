"""Fold end: from the network's window outputs to predictions and scores, on the module's device."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd
import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from safetensors.torch import save
from torch import Tensor

from metst.base.files import write_atomic
from metst.base.settings import require
from metst.datasets.labels import Recording
from metst.features.windows import window_starts
from metst.intervals.floor import LEAST, WINDOWS, learned_floor
from metst.intervals.stitching import Curves, Outputs
from metst.intervals.synergy import STRATEGIES, Motion, speed_curves
from metst.results import write_predictions
from metst.results.ledger import FoldFolder
from metst.runner.pooling import fold_outputs
from metst.samples.data import FoldData
from metst.scoring.pooling import PUBLISHED, pool, write_results
from metst.scoring.protocols import PROTOCOLS, Protocol, ProtocolName, get_protocol
from metst.scoring.protocols.labeled import Labeled

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Analysis:
    """What one protocol made of a fold.

    Attributes:
        k_p: half the mean ME length, in sub-sampled frames.
        curves: of the videos in `recordings`.
        labeled: candidates with a label by every synergy strategy, on the device of the curves.
    """

    protocol: Protocol
    k_p: int
    curves: Curves
    recordings: tuple[Recording, ...]
    labeled: Labeled

    def predictions(self) -> pd.DataFrame:
        """The candidates as rows of the predictions table."""
        return self.labeled.table(self.protocol.name, self.recordings)

    def scores(self, strategy: str) -> dict[str, Any]:
        """Scores of one strategy, matched and counted on the device."""
        scoring = self.protocol.scoring
        metric = scoring.metric(strategy).to(self.labeled.onset.device)
        metric.update(*scoring.intervals(self.labeled, self.recordings, strategy))
        return metric.scores().as_dict()


class SpotThenRecognize(Callback):
    """Writes a fold's `outputs.safetensors`, `predictions.csv` and `metrics.json`.

    The window outputs are kept, so that everything after the network can be changed and computed
    again without training. Predictions and metrics hold every protocol and synergy strategy; the
    metrics are counted on the module's device, those of all folds together from the tables. Those
    of `strict` also hold the floor for new videos (`intervals.floor`), which no score uses.

    Args:
        synergy: strategy of the main scores; all are reported.
        peak: where the peak threshold lies between mean and maximum of the smoothed score
            (ME-TST's released code: 0.55).
        iou: least overlap of a true positive.

    Raises:
        ConfigError: an unknown strategy, or a number out of its range.

    Attributes:
        analyses: of the fold that was tested last, by protocol; for callbacks that come later.
    """

    def __init__(self, synergy: str = PUBLISHED, peak: float = 0.55, iou: float = 0.5) -> None:
        require("synergy", synergy, synergy in STRATEGIES, f"one of {', '.join(STRATEGIES)}")
        require("peak", peak, 0 <= peak <= 1, "a share, 0 to 1")
        require("iou", iou, 0 < iou <= 1, "an overlap above 0, up to 1")
        self.synergy, self.peak, self.iou = synergy, peak, iou
        self.analyses: list[Analysis] = []
        self._batches: list[dict[str, Tensor]] = []

    def evaluate(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], analyzed: tuple[str, ...]
    ) -> dict[str, Any]:
        """Scores of a predictions table over recordings, of one fold or of all together."""
        return pool(predictions, recordings, synergy=self.synergy, iou=self.iou, analyzed=analyzed)

    def predict(self, outputs: Outputs, flow: Tensor, data: FoldData) -> pd.DataFrame:
        """Predictions of a fold from its network's outputs, by every protocol and strategy."""
        speed = speed_curves(flow, outputs.windows, outputs.recordings, outputs.k)
        motion = Motion(speed, data.motion_threshold())
        self.analyses = [self._analyze(name, outputs, motion, data) for name in PROTOCOLS]
        return pd.concat([a.predictions() for a in self.analyses], ignore_index=True)

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:  # noqa: ARG002
        """Raise before training what would end the fold after it: no k_p to be had."""
        data = cast(FoldData, trainer.datamodule)  # type: ignore[attr-defined]
        for name in PROTOCOLS:
            self._protocol(name, data).half_length(data.recordings(), data.subject)

    def on_test_batch_end(
        self,
        trainer: Trainer,  # noqa: ARG002
        pl_module: LightningModule,  # noqa: ARG002
        outputs: Any,  # noqa: ANN401 - Lightning's signature
        batch: Any,  # noqa: ANN401
        *_: Any,  # noqa: ANN401
    ) -> None:
        """Keep a batch and its outputs on their device."""
        self._batches.append({**outputs, "flow": batch[0]})

    def on_test_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Predictions and scores of the fold, and its floor for videos that are new."""
        data = cast(FoldData, trainer.datamodule)  # type: ignore[attr-defined]
        times = {"score": 1, "logits": 1, "flow": 2}
        joined = {k: data.windowed([b[k] for b in self._batches], t) for k, t in times.items()}
        self._batches.clear()
        outputs = fold_outputs(joined, data)
        if not len(outputs.score):
            _log.warning(
                "fold %s: every video is shorter than a window of %d frames; nothing can be found",
                *(data.subject, data.k),
            )
        predictions = self.predict(outputs, joined["flow"], data)
        metrics = {
            a.protocol.name: {"k_p": a.k_p, **{s: a.scores(s) for s in STRATEGIES}}
            for a in self.analyses
        }
        metrics["strict"]["floor"] = self._floor(pl_module, data)
        folder = FoldFolder(Path(trainer.default_root_dir))
        tensors = {"score": outputs.score.cpu(), "logits": outputs.logits.cpu()}
        write_atomic(folder.outputs, save(tensors))
        write_predictions(predictions, folder.predictions)
        write_results(metrics, folder.metrics)

    @torch.inference_mode()
    def _floor(self, network: LightningModule, data: FoldData) -> float:
        """Height that a find in a new video needs, see `intervals.floor`; no score uses it."""
        strict = next(a for a in self.analyses if a.protocol.name == "strict")
        recordings: list[Recording] = []
        parts: list[Tensor] = []
        for recording, flow in data.training_flow(WINDOWS):
            batches = torch.split(flow.to(network.device), data.batch_size)  # (B, C, T) each
            parts.append(torch.cat([network(batch)[0] for batch in batches]))  # (B, T)
            recordings.append(recording)
        if not parts:
            return LEAST
        score = data.windowed(parts, 1, recordings)  # (N, k)
        counts = tuple(len(window_starts(r.frames, data.k, tail=True)) for r in recordings)
        nothing = score.new_zeros(*score.shape, 0)  # no logits
        curves = strict.protocol.curves(Outputs(score, nothing, counts, tuple(recordings), data.k))
        smoothed, _ = strict.protocol.spotting_curve(curves, strict.k_p)
        return learned_floor(smoothed, recordings, strict.k_p)

    def _analyze(
        self, name: ProtocolName, outputs: Outputs, motion: Motion, data: FoldData
    ) -> Analysis:
        protocol = self._protocol(name, data)
        k_p = protocol.half_length(data.recordings(), data.subject)
        curves = protocol.curves(outputs)
        labeled = protocol.label(curves, outputs.recordings, k_p, motion)
        return Analysis(protocol, k_p, curves, outputs.recordings, labeled)

    def _protocol(self, name: ProtocolName, data: FoldData) -> Protocol:
        return get_protocol(
            name,
            k=data.k,
            batch_size=data.batch_size,
            peak=self.peak,
            iou=self.iou,
            analyzed=data.analyzed,
        )
