"""An experiment's `evaluation`, completed by what its data set and its system are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.scoring.kinds import JudgedKind, of_kind
from metst.scoring.pooling import pool
from metst.scoring.protocols import Protocol, get_protocol
from metst.scoring.settings import IOU, Evaluation


@dataclass(frozen=True)
class Judgment:
    """How the predictions of a run are judged.

    Attributes:
        emotions: classes that are recognized, without neutral; none where spotting alone is judged.
        analyzed: of these, those whose recognition is averaged.
        variant: synergy strategy of the main scores.
        iou: least overlap of a find.
        kind: expressions that are judged.
    """

    emotions: tuple[str, ...]
    analyzed: tuple[str, ...]
    variant: str
    iou: float = IOU
    kind: JudgedKind = "micro"

    @staticmethod
    def of(
        evaluation: Evaluation,
        emotions: tuple[str, ...],
        analyzed: tuple[str, ...],
        variant: str,
        *,
        variants: Sequence[str] | None = None,
        recognizes: bool = True,
    ) -> "Judgment":
        """Complete the settings.

        Args:
            evaluation: of the experiment.
            emotions: classes of the data set.
            analyzed: emotions that its published scores average.
            variant: the system's own strategy.
            variants: strategies that the system gives labels for; None for any.
            recognizes: whether the system names emotions.

        Raises:
            ConfigError: the settings name an emotion that is no class, or a strategy that the
                system does not give.
        """
        if evaluation.variant is not None and variants is not None:
            known = evaluation.variant in variants
            offered = f"one of {', '.join(variants)}, which the system gives"
            require("evaluation.variant", evaluation.variant, known, offered)
        spotting_alone = not recognizes or evaluation.kind != "micro"
        judgment = Judgment(
            () if spotting_alone else emotions,
            () if spotting_alone else tuple(evaluation.analyzed or analyzed),
            evaluation.variant or variant,
            evaluation.iou,
            evaluation.kind,
        )
        judgment.protocol("strict")  # raises for an emotion that is no class
        return judgment

    def protocol(self, name: str) -> Protocol:
        """The rules of a protocol, as they judge this run."""
        return get_protocol(
            name, iou=self.iou, analyzed=self.analyzed or None, emotions=self.emotions
        )

    def of_kind(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording]
    ) -> tuple[pd.DataFrame, tuple[Recording, ...]]:
        """What is judged of a table and of recordings."""
        return of_kind(predictions, recordings, self.kind)

    def results(self, predictions: pd.DataFrame, recordings: Sequence[Recording]) -> dict[str, Any]:
        """Contents of `results.json`; see `metst.scoring.pooling.pool`."""
        return pool(
            *self.of_kind(predictions, recordings),
            synergy=self.variant,
            iou=self.iou,
            analyzed=self.analyzed or None,
            emotions=self.emotions,
        )
