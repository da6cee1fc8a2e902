"""What a system is: asked about the recordings of a fold, it proposes intervals.

A *spotter* proposes intervals, a *recognizer* names the emotion of given intervals (see
`metst.systems.recognizer`), and a system like ME-TST does both. A system without parameters is not
trained: the runner goes straight to the test.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from metst.base.errors import ConfigError
from metst.intervals.decoder import DECODERS
from metst.intervals.proposals import Proposals
from metst.intervals.synergy import STRATEGIES
from metst.samples.data import FoldData

Outputs = Mapping[str, Tensor]
"""What `System.test_step` gave, by name, joined over the test batches."""


class Spotter:
    """Whatever proposes intervals of the left-out subject: a system, a finished run, the labels."""

    def calibrate(self, data: FoldData) -> None:
        """Fit thresholds, lengths and the like to the training subjects of the fold.

        It must not look at a weight (it also runs where a fold is judged again without its
        network), nor at the left-out subject.

        Raises:
            MetstError: there is nothing to fit them to.
        """

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:
        """Intervals of the left-out subject's recordings, by each of the system's decoders.

        Args:
            outputs: of this fold's test, on any device.
            data: with the fold chosen; its labels of the left-out subject are not looked at, but
                for `metst.systems.annotated`.
        """
        raise NotImplementedError


class System(LightningModule, Spotter):
    """A method for spotting, recognition or both, with its own losses and optimizer if it learns.

    Training is Lightning's: `training_step`, `configure_optimizers`. What is no weight but is
    fitted to the training subjects all the same (thresholds, lengths), is fitted in `calibrate`.

    Attributes:
        recognizes: whether it names emotions; else spotting alone is judged.
        variants: synergy strategies that it gives labels for.
        variant: the strategy of its main scores.
    """

    recognizes: bool = True
    variants: tuple[str, ...] = tuple(STRATEGIES)
    variant: str = "spotting_first"

    @property
    def trainable(self) -> bool:
        """Whether there is anything to train."""
        return any(p.requires_grad for p in self.parameters())

    @property
    def data(self) -> FoldData:
        """The data module of the running fold."""
        return cast(FoldData, self.trainer.datamodule)  # type: ignore[attr-defined]

    def setup(self, stage: str) -> None:  # noqa: ARG002
        """Before training and before the test, `calibrate`: what cannot be fitted ends here."""
        self.calibrate(self.data)

    def test_step(self, batch: Any, batch_idx: int) -> Outputs:  # noqa: ANN401, ARG002
        """What is kept of a test batch, each (B, ...); a system without a network keeps nothing."""
        return {}

    def learned(self, data: FoldData) -> Mapping[str, Mapping[str, float]]:  # noqa: ARG002
        """Numbers for the analysis of new videos, by decoder; no score of the fold uses them."""
        return {}

    @torch.inference_mode()
    def finish(
        self, outputs: Outputs, data: FoldData
    ) -> tuple[Sequence[Proposals], dict[str, Any]]:
        """Proposals of the fold, and the facts behind them by decoder, for `metrics.json`.

        Raises:
            ConfigError: the system does not propose by both decoders.
        """
        proposals, learned = self.propose(outputs, data), self.learned(data)
        made = {p.decoder for p in proposals}
        if made != set(DECODERS):
            kind, wanted = type(self).__name__, " and ".join(DECODERS)
            msg = f"{kind}: expected proposals of the decoders {wanted}, got {sorted(made)}"
            raise ConfigError(msg)
        facts: dict[str, dict[str, Any]] = {name: {} for name in DECODERS}
        for p in proposals:
            facts[p.decoder] |= {**p.facts, **learned.get(p.decoder, {})}
        return proposals, facts
