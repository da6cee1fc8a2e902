"""Fold end: from the network's window outputs to predictions and scores, on the module's device."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd
import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from safetensors.torch import save
from torch import Tensor

from metst.errors import ConfigError
from metst.files import write_atomic
from metst.labels import Recording
from metst.loso.data import FoldData
from metst.loso.ledger import FoldFolder
from metst.protocols import PROTOCOLS, Protocol, ProtocolName, get_protocol
from metst.results import PUBLISHED, pool, write_predictions, write_results
from metst.synergy import STRATEGIES, Motion, speed_curves
from metst.windows import Curves, Outputs


@dataclass(frozen=True)
class Analysis:
    """What one protocol made of a fold.

    Attributes:
        k_p: half the mean ME length, in sub-sampled frames.
        curves: of the videos in `recordings`.
        predictions: every synergy strategy.
    """

    protocol: Protocol
    k_p: int
    curves: Curves
    recordings: tuple[Recording, ...]
    predictions: pd.DataFrame


class SpotThenRecognize(Callback):
    """Writes a fold's `outputs.safetensors`, `predictions.csv` and `metrics.json`.

    The window outputs are kept, so that everything after the network can be changed and computed
    again without training. The predictions hold every protocol and synergy strategy.

    Args:
        synergy: strategy of the main scores; all are reported.
        peak: where the peak threshold lies between mean and maximum of the smoothed score
            (ME-TST's released code: 0.55).
        iou: least overlap of a true positive.

    Attributes:
        analyses: of the fold that was tested last, by protocol; for callbacks that come later.
    """

    def __init__(self, synergy: str = PUBLISHED, peak: float = 0.55, iou: float = 0.5) -> None:
        if synergy not in STRATEGIES:
            msg = f"synergy: expected one of {', '.join(STRATEGIES)}, got {synergy!r}"
            raise ConfigError(msg)
        self.synergy, self.peak, self.iou = synergy, peak, iou
        self.analyses: list[Analysis] = []
        self._batches: list[dict[str, Tensor]] = []

    def evaluate(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], analyzed: tuple[str, ...]
    ) -> dict[str, Any]:
        """Scores of a predictions table over recordings, of one fold or of all together."""
        return pool(predictions, recordings, synergy=self.synergy, iou=self.iou, analyzed=analyzed)

    def on_test_batch_end(
        self,
        trainer: Trainer,  # noqa: ARG002
        pl_module: LightningModule,  # noqa: ARG002
        outputs: Any,  # noqa: ANN401 - Lightning's signature
        batch: Any,  # noqa: ANN401
        *_: Any,  # noqa: ANN401
    ) -> None:
        """Keep a batch of windows and their outputs on their device."""
        self._batches.append({**outputs, "flow": batch[0]})

    def on_test_end(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        """Predictions and scores of the fold."""
        data = cast(FoldData, trainer.datamodule)  # type: ignore[attr-defined]
        outputs, motion = self._outputs(data)
        self.analyses = [self._analyze(name, outputs, motion, data) for name in PROTOCOLS]
        predictions = pd.concat([a.predictions for a in self.analyses], ignore_index=True)
        scores = self.evaluate(predictions, outputs.recordings, data.analyzed)["protocols"]
        half_lengths = {a.protocol.name: a.k_p for a in self.analyses}
        folder = FoldFolder(Path(trainer.default_root_dir))
        tensors = {"score": outputs.score.cpu(), "logits": outputs.logits.cpu()}
        write_atomic(folder.outputs, save(tensors))
        write_predictions(predictions, folder.predictions)
        write_results({"k_p": half_lengths, "protocols": scores}, folder.metrics)

    def _outputs(self, data: FoldData) -> tuple[Outputs, Motion]:
        """All window outputs of the left-out subject, and how its face moved."""
        joined = {key: torch.cat([b[key] for b in self._batches]) for key in self._batches[0]}
        self._batches.clear()
        windows, recordings = data.windows_per_recording(), data.test_recordings()
        outputs = Outputs(joined["score"], joined["logits"], windows, recordings, data.k)
        speed = speed_curves(joined["flow"], windows, recordings, data.k)
        return outputs, Motion(speed, data.motion_threshold())

    def _analyze(
        self, name: ProtocolName, outputs: Outputs, motion: Motion, data: FoldData
    ) -> Analysis:
        protocol = get_protocol(
            name, k=data.k, batch_size=data.batch_size, peak=self.peak, iou=self.iou
        )
        k_p = protocol.half_length(data.recordings(), data.subject)
        curves = protocol.curves(outputs)
        predictions = protocol.predictions(curves, outputs.recordings, k_p, motion)
        return Analysis(protocol, k_p, curves, outputs.recordings, predictions)
