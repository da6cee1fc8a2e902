"""Scores in publications, to stand beside our own.

Source of every row: ME-TST, tables I to IV (others' rows as printed there). Its table I does not
name the data set of its column "Recall": 0.3019 and 0.1635 are 48 and 26 of the 159 MEs of
SAMM-LV, and of no count of CAS(ME)^3. The recalls of spotting-only methods are left out: they equal
these methods' F1 scores up to rounding, which can hardly be meant.
"""

from collections.abc import Mapping
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


_CASME3 = (
    Published("ME-TST, with synergy", "I-IV", 0.0387, 0.0802, None, 0.4830, 0.4754, 0.4878),
    Published("ME-TST, without synergy", "IV", 0.0314, 0.0753, None, 0.4171),
    Published("SFAMNet", "I-III", 0.0331, 0.0716, None, 0.4619, 0.4462, 0.4767),
    Published("MEAN", "I-III", 0.0100, 0.0283, None, 0.3532, 0.3894, 0.4004),
    Published("LSSNet", "I", spotting=0.0653),
    Published("SP-FD", "I", spotting=0.0103),
    Published("OF-FD", "I", spotting=0.0000),
    Published("RCN-A", "II", uf1=0.3928, uar=0.3893),
    Published("STSTNet", "II", uf1=0.3795, uar=0.3792),
    Published("FeatRef", "II", uf1=0.3493, uar=0.3413),
    Published("AlexNet", "II", uf1=0.3001, uar=0.2982),
)

_SAMMLV = (
    Published("ME-TST, with synergy", "I, III, IV", 0.1356, 0.2167, 0.3019, 0.6259),
    Published("ME-TST, without synergy", "IV", 0.1321, 0.2130, None, 0.6202),
    Published("MEAN", "I, III", 0.0499, 0.0949, 0.1635, 0.5263),
    Published("OF-FD", "I", spotting=0.2162),
    Published("Liong et al.", "I", spotting=0.1520),
    Published("SP-FD", "I", spotting=0.1331),
    Published("LSSNet", "I", spotting=0.1310),
    Published("MESNet", "I", spotting=0.0880),
    Published("He et al.", "I", spotting=0.0364),
)

PUBLISHED_SCORES: Mapping[str, tuple[Published, ...]] = {"casme3": _CASME3, "sammlv": _SAMMLV}
"""By name of the data set; ME-TST first, then by score."""
