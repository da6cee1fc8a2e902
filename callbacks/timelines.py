"""A picture of every test video: the curves of the system, and what was annotated."""

from pathlib import Path
from typing import cast

from lightning.pytorch import Callback, LightningModule, Trainer

from callbacks.spot_then_recognize import SpotThenRecognize
from metst.base.errors import ConfigError
from metst.intervals.decoder import DecoderName
from metst.intervals.predictions import proposed_table
from metst.report import save_timeline, timelines
from metst.samples.data import FoldData
from metst.scoring.protocols.protocol import select


class Timelines(Callback):
    """Draws `timelines/<video>.png` in the fold's folder, from what `SpotThenRecognize` found.

    Args:
        decoder: whose curves and intervals are drawn; nothing of a system without curves.
    """

    def __init__(self, decoder: DecoderName = "strict") -> None:
        self.decoder = decoder

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:  # noqa: ARG002
        """Raise `ConfigError` at once where there will be nothing to draw."""
        before = trainer.callbacks[: trainer.callbacks.index(self)]  # type: ignore[attr-defined]
        sources = [c for c in before if isinstance(c, SpotThenRecognize)]
        if not sources:
            msg = "callbacks.timelines.Timelines draws what SpotThenRecognize found: list it before"
            raise ConfigError(msg)
        self._source = sources[-1]

    def on_test_end(self, trainer: Trainer, pl_module: LightningModule) -> None:  # noqa: ARG002
        """One picture per video."""
        data = cast(FoldData, trainer.datamodule)  # type: ignore[attr-defined]
        for proposals in self._source.proposals:
            if proposals.decoder == self.decoder and proposals.curves is not None:
                table = proposed_table([proposals], data.fold.emotions)
                shown = select(table, self.decoder, self._source.judgment.variant)
                drawn = timelines(proposals.curves, proposals.recordings, shown, data.fold.emotions)
                for timeline in drawn:
                    folder = Path(trainer.default_root_dir) / "timelines"
                    save_timeline(timeline, folder / f"{timeline.recording.video}.png")
