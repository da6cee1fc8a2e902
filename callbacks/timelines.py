"""A picture of every test video: what the network said, and what was annotated."""

from collections.abc import Iterator
from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer

from callbacks.spot_then_recognize import Analysis, SpotThenRecognize
from metst.errors import ConfigError
from metst.protocols import ProtocolName
from metst.report import Timeline, save_timeline


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
                for timeline in _timelines(analysis, self._source.synergy):
                    save_timeline(timeline, folder / f"{timeline.recording.video}.png")


def _timelines(analysis: Analysis, synergy: str) -> Iterator[Timeline]:
    curves = analysis.curves
    smoothed, thresholds = analysis.protocol.spotting_curve(curves, analysis.k_p)
    probabilities = curves.logits.softmax(dim=-1).cpu().numpy()  # (V, L, E + 1)
    score, smooth = curves.score.cpu().numpy(), smoothed.values.cpu().numpy()  # (V, L) each
    predictions = analysis.predictions()
    table = predictions[predictions["synergy"] == synergy]
    for i, recording in enumerate(analysis.recordings):
        length = int(curves.lengths[i])
        yield Timeline(
            recording,
            score[i, :length],
            smooth[i, :length],
            float(thresholds[i]),
            probabilities[i, :length],
            table[table["video"] == recording.video],
        )
