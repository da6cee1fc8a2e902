"""Scores in publications, to stand beside our own.

Source of every row: ME-TST, tables I to IV (others' rows as printed there). Its table I does not
name the data set of its column "Recall": 0.3019 and 0.1635 are 48 and 26 of the 159 MEs of
SAMM-LV, and of no count of CAS(ME)^3. The recalls of spotting-only methods are left out: they equal
these methods' F1 scores up to rounding, which can hardly be meant.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """One method on one data set; None where nothing is published.

    Attributes:
        strs: spot-then-recognize score.
        spotting: F1 score of spotting.
        recall: of spotting.
        recognition: F1 score of recognition.
        uf1: of recognition.
        uar: of recognition.
        tables: where the numbers stand in ME-TST.
    """

    method: str
    tables: str
    strs: float | None = None
    spotting: float | None = None
    recall: float | None = None
    recognition: float | None = None
    uf1: float | None = None
    uar: float | None = None
