"""Why micro-expressions are missed and false alarms are raised, under the `strict` rules."""

from metst.scoring.diagnosis.alarms import ALARMS
from metst.scoring.diagnosis.diagnosis import Diagnosis, diagnose
from metst.scoring.diagnosis.endings import ENDINGS, Annotated, VideoCurve
from metst.scoring.diagnosis.groups import Group
from metst.scoring.diagnosis.headline import Headline
from metst.scoring.diagnosis.oracles import ORACLES

__all__ = [
    "ALARMS",
    "ENDINGS",
    "ORACLES",
    "Annotated",
    "Diagnosis",
    "Group",
    "Headline",
    "VideoCurve",
    "diagnose",
]
