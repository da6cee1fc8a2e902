"""Scores in publications, to stand beside our own; what of them is not run again, and why.

Source of every row, where it names no other: ME-TST, tables I to IV (others' rows as printed
there). Its table I does not name the data set of its column "Recall": 0.3019 and 0.1635 are 48 and
26 of the 159 MEs of SAMM-LV, and of no count of CAS(ME)^3. The recalls of spotting-only methods are
left out: they equal these methods' F1 scores up to rounding, which can hardly be meant.
"""

from dataclasses import dataclass
from typing import Literal

OWN = "its own publication"

UNSCORED = "the class others is not scored"
"""The rules of ME-TST's successors."""


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
        tables: where the numbers stand in ME-TST; empty where they stand elsewhere.
        source: where they stand, if not in ME-TST.
        rules: by which other rules than ME-TST's they were scored; such numbers do not compare.
    """

    method: str
    tables: str
    strs: float | None = None
    spotting: float | None = None
    recall: float | None = None
    recognition: float | None = None
    uf1: float | None = None
    uar: float | None = None
    source: str = ""
    rules: str = ""

    @property
    def title(self) -> str:
        """The method without its variant."""
        return self.method.partition(",")[0]

    @property
    def where(self) -> str:
        """Where the numbers stand, and by which other rules they were scored."""
        return ", ".join(filter(None, (self.source or f"table {self.tables}", self.rules)))


@dataclass(frozen=True)
class Method:
    """A published method, and the system that runs it again.

    Attributes:
        title: what publications call it.
        system: name of the system, that of its YAML; empty where there is none.
        reason: why there is none.
        task: of a method without a system: which of the tables it belongs to.
    """

    title: str
    system: str = ""
    reason: str = ""
    task: Literal["spotting", "recognition"] = "spotting"


_UNPUBLISHED = "no public code; its abstract, all we could read, names no layers nor losses"
_WEIGHTS = "it reads I3D features of weights that you bring (metst.systems.{}), {} reads ROI flow"

METHODS = (
    Method("ME-TST", "me_tst"),
    Method("ME-TST+", "me_tst_plus"),
    Method("BoostingVRME", "boosting_vrme"),
    Method("SFAMNet", "sfamnet"),
    Method("MEAN", "mean"),
    Method("SOFTNet (Liong et al.)", "softnet"),
    Method("OF-FD", "of_fd"),
    Method("SP-FD", "sp_fd"),
    Method("MDMD (He et al.)", "mdmd"),
    Method("LSSNet-flow", "lssnet_flow"),
    Method("LGSNet-flow", "lgsnet_flow"),
    Method("STSTNet", "ststnet"),
    Method("RCN-A", "rcn_a"),
    Method("Dual-Inception", "dual_inception"),
    Method("AlexNet", "alexnet"),
    Method("LSSNet", reason=_WEIGHTS.format("lssnet", "LSSNet-flow")),
    Method("LGSNet", reason=_WEIGHTS.format("lgsnet", "LGSNet-flow")),
    Method("3D-CNN (Yap et al.)", reason=_UNPUBLISHED),
    Method("MESNet", reason=_UNPUBLISHED),
    Method("FeatRef", reason=_UNPUBLISHED, task="recognition"),
)
"""Methods of the publications."""


def title_of(system: str) -> str:
    """What publications call the method of a system; the system's name, where it is ours."""
    return next((m.title for m in METHODS if m.system == system), system)
