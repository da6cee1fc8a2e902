"""The ways to combine spotting and recognition.

All of them start from the same network outputs (ME-TST, section II-C and table IV).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Strategy:
    """One way to combine both pathways.

    Attributes:
        name: as in tables and files.
        meaning: one line for reports.
        neutral_factor: factor on the neutral class weight in training (released code).
        neutral_votes: whether a frame can be neutral when a candidate is labeled.
        drops_neutral: whether candidates labeled neutral are withdrawn.
    """

    name: str
    meaning: str
    neutral_factor: float
    neutral_votes: bool
    drops_neutral: bool


STRATEGIES: dict[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Strategy("none", "a neutral label is only a wrong emotion", 0.0, True, False),
        Strategy("recognition_first", "candidates labeled neutral are withdrawn", 6.0, True, True),
        Strategy(
            "spotting_first", "every candidate stays and is given an emotion", 6.0, False, False
        ),
        Strategy(
            "per_candidate",
            "amid more motion than MEs make recognition decides, else spotting",
            6.0,
            True,
            True,
        ),
    )
}
