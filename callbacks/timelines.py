"""A picture of every test video: the outputs of the network, and what was annotated."""

from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer

from callbacks.spot_then_recognize import SpotThenRecognize
from metst.base.errors import ConfigError
from metst.report import save_timeline, timelines
from metst.scoring.protocols import ProtocolName


class Timelines(Callback):
    """Draws `timelines/<video>.png` in the fold's folder, from what `SpotThenRecognize` found.

    Args:
        protocol: whose curves and intervals are drawn.
    """

    def __init__(self, protocol: ProtocolName = "strict") -> None:
        self.protocol = protocol

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
        folder = Path(trainer.default_root_dir) / "timelines"
        for analysis in self._source.analyses:
            if analysis.protocol.name == self.protocol:
                table = analysis.predictions()
                for timeline in timelines(
                    analysis.protocol,
                    analysis.curves,
                    analysis.recordings,
                    analysis.k_p,
                    table[table["synergy"] == self._source.synergy],
                ):
                    save_timeline(timeline, folder / f"{timeline.recording.video}.png")
