"""How the predictions of an experiment are judged: the group `evaluation` of its YAML."""

from dataclasses import dataclass

from metst.base.settings import require
from metst.intervals.synergy import STRATEGIES
from metst.scoring.kinds import JudgedKind

IOU = 0.5
"""Least overlap of a find, unless an experiment sets another."""


@dataclass(frozen=True)
class Evaluation:
    """How predictions are judged; every protocol judges every variant.

    Attributes:
        iou: least overlap of a find; the paper writes "greater", the released code takes equal too.
        variant: synergy strategy of the main scores; by default the system's own.
        analyzed: emotions whose recognition is averaged; by default those of the data set's
            published scores.
        kind: expressions that are judged: micro, macro, or all; others than micro by spotting
            alone.

    Raises:
        ConfigError: an overlap out of its range, or an unknown strategy.
    """

    iou: float = IOU
    variant: str | None = None
    analyzed: list[str] | None = None
    kind: JudgedKind = "micro"

    def __post_init__(self) -> None:
        require("evaluation.iou", self.iou, 0 < self.iou <= 1, "an overlap above 0, up to 1")
        known = self.variant is None or self.variant in STRATEGIES
        require("evaluation.variant", self.variant, known, f"one of {', '.join(STRATEGIES)}")
