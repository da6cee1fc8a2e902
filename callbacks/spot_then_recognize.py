"""Fold end: what the system proposes, as a table and as scores, on the module's device."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd
import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from safetensors.torch import save
from torch import Tensor

from metst.base.files import write_atomic
from metst.intervals.predictions import ANNOTATED, proposed_table
from metst.intervals.proposals import Proposals
from metst.results.frame_curves import write_frame_curves
from metst.results.ledger import FoldFolder
from metst.results.tables import write_predictions
from metst.runner.divergence import require_finite
from metst.samples.data import FoldData
from metst.scoring.judgment import Judgment
from metst.scoring.pooling import write_results
from metst.systems.system import System


class SpotThenRecognize(Callback):
    """Writes a fold's outputs, frame curves, `predictions.csv` and `metrics.json`.

    What the network gave is kept, so that everything after it can be changed and computed again
    without training. Predictions and metrics hold every decoder and synergy strategy; how they are
    judged is the experiment's group `evaluation`, set by the runner.

    Attributes:
        judgment: how the fold is judged.
        proposals: of the fold that was tested last; for callbacks that come later.
    """

    judgment: Judgment

    def __init__(self) -> None:
        self.proposals: Sequence[Proposals] = ()
        self._parts: list[dict[str, Tensor]] = []

    def judge_by(self, judgment: Judgment) -> None:
        """Take the rules, before the fold begins."""
        self.judgment = judgment

    def on_test_batch_end(
        self,
        trainer: Trainer,  # noqa: ARG002
        pl_module: LightningModule,  # noqa: ARG002
        outputs: Any,  # noqa: ANN401 - Lightning's signature
        *_: Any,  # noqa: ANN401
    ) -> None:
        """Keep a batch's outputs on their device."""
        self._parts.append(dict(outputs or {}))

    def on_test_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Predictions and scores of the fold."""
        system, data = cast(System, pl_module), cast(FoldData, trainer.datamodule)  # type: ignore[attr-defined]
        names = self._parts[0] if self._parts else ()
        outputs = {name: data.samples.join([part[name] for part in self._parts]) for name in names}
        self._parts.clear()
        with torch.inference_mode():
            outputs |= system.fitted(data)
        require_finite(outputs)
        self.proposals, facts = system.finish(outputs, data)
        table = proposed_table(self.proposals, data.fold.emotions)
        folder = FoldFolder(Path(trainer.default_root_dir))
        write_atomic(folder.outputs, save({name: x.cpu() for name, x in outputs.items()}))
        write_frame_curves(self.proposals, folder.frame_curves)
        write_predictions(table, folder.predictions)
        for decoder, known in facts.items():
            known |= self._scores(decoder, table, data)
        write_results(facts, folder.metrics)

    def _scores(self, decoder: str, table: pd.DataFrame, data: FoldData) -> dict[str, Any]:
        """Scores of each strategy of a decoder, matched and counted on the proposals' device."""
        own = [p for p in self.proposals if p.decoder == decoder]
        device, protocol = own[0].onset.device, self.judgment.protocol(decoder)
        kept, recordings = self.judgment.of_kind(table, data.fold.test)
        scores: dict[str, Any] = {}
        for variant in dict.fromkeys(n for p in own for n in p.labels if n != ANNOTATED):
            metric = protocol.metric(variant).to(device)
            for subject in protocol.compared(kept, recordings, variant).values():
                pair = subject.predicted.to(device), subject.annotated.to(device)
                metric.update(*pair, subject.unjudged)
            scores[variant] = metric.scores().as_dict()
        return scores
