"""What a system is: asked about the recordings of a fold, it proposes intervals.

A *spotter* proposes intervals, a *recognizer* names the emotion of given intervals (see
`metst.systems.recognizer`), and a system like ME-TST does both. A system without parameters is not
trained: the runner goes straight to the test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import torch
from lightning.pytorch import LightningModule

from metst.base.errors import ConfigError
from metst.intervals.decoder import DECODERS
from metst.intervals.predictions import ANNOTATED
from metst.intervals.proposals import Proposals
from metst.intervals.synergy import STRATEGIES
from metst.samples.data import FoldData
from metst.systems.annotated import annotated
from metst.systems.spotter import Outputs, Spotter


class System(LightningModule, Spotter):
    """A method for spotting, recognition or both, with its own losses and optimizer if it learns.

    Training is Lightning's: `training_step`, `configure_optimizers`. What is no weight but is
    fitted to the training subjects all the same (thresholds, lengths), is fitted in `calibrate`.

    Attributes:
        recognizes: whether it names emotions; else spotting alone is judged.
        keeps_all: whether `propose` needs nothing but the kept outputs; else its weights are read
            again where a fold is judged again.
        variants: synergy strategies that it gives labels for.
        variant: the strategy of its main scores.
    """

    recognizes: bool = True
    keeps_all: bool = True
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

    def fitted(self, data: FoldData) -> Outputs:  # noqa: ARG002
        """What `propose` needs of the trained network besides the test, such as thresholds.

        It is asked for once, after the test, and kept with the outputs.

        Args:
            data: with the fold chosen; of the left-out subject nothing is looked at.
        """
        return {}

    def named(self, intervals: Proposals, outputs: Outputs, data: FoldData) -> Proposals | None:  # noqa: ARG002
        """Given intervals with the emotion of each; None of a system that names none of others.

        Args:
            intervals: of the left-out subject's recordings, by the rules of `intervals.decoder`.
            outputs: of this fold's test.
            data: with the fold chosen.

        Returns:
            The intervals with probabilities and labels, those of `spotting_first` among them.
        """
        return None

    def proposals(self, outputs: Outputs, data: FoldData) -> list[Proposals]:
        """All intervals of the fold: those proposed, and the annotated ones with an emotion.

        The latter show nothing of spotting, but recognition alone (ME-TST, table II).
        """
        found = list(self.propose(outputs, data))
        for name in DECODERS if self.recognizes else ():
            named = self.named(annotated(name, data.fold.test), outputs, data)
            if named is not None:
                labels = {ANNOTATED: named.labels["spotting_first"]}
                found.append(replace(named, labels=labels, facts={}, curves=None))
        return found

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
        proposals, learned = self.proposals(outputs, data), self.learned(data)
        made = {p.decoder for p in proposals}
        if made != set(DECODERS):
            kind, wanted = type(self).__name__, " and ".join(DECODERS)
            msg = f"{kind}: expected proposals of the decoders {wanted}, got {sorted(made)}"
            raise ConfigError(msg)
        facts: dict[str, dict[str, Any]] = {name: {} for name in DECODERS}
        for p in proposals:
            facts[p.decoder] |= {**p.facts, **learned.get(p.decoder, {})}
        return proposals, facts
