"""Everything that a diagnosis of a run computes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from metst.datasets.conditions import Conditions
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.ceiling import LEAST_IOU, Ceiling, ceiling
from metst.datasets.labels.records import Recording
from metst.scoring.diagnosis.alarms import false_alarms
from metst.scoring.diagnosis.endings import ENDINGS, Annotated, VideoCurve, endings
from metst.scoring.diagnosis.groups import Group, groups
from metst.scoring.diagnosis.headline import Headline
from metst.scoring.diagnosis.oracles import Oracle
from metst.scoring.judgment import Judgment


@dataclass(frozen=True)
class Diagnosis:
    """Why MEs were missed and false alarms raised; see the modules beside this one.

    Attributes:
        annotated: every judged ME and what became of it.
        false_alarms: number over each kind of event.
        oracles: scores as they are, and with oracles, by name.
        ceiling: what intervals of one length can find at all; None of other kinds than MEs.
        groups: scores per group of videos, where the data set names groups.
        notes: what is not known, a sentence each.
    """

    annotated: tuple[Annotated, ...]
    false_alarms: Mapping[str, int]
    oracles: Mapping[str, Headline]
    ceiling: Ceiling | None
    groups: tuple[Group, ...]
    notes: tuple[str, ...]

    @property
    def endings(self) -> dict[str, int]:
        """Number of MEs by what became of them: what happened at all, in a fixed order."""
        number = Counter[str](a.ending for a in self.annotated)
        return {name: number[name] for name in ENDINGS if number[name]}

    def as_dict(self, *, each: bool) -> dict[str, Any]:
        """Plain values for JSON.

        Args:
            each: also list every ME.
        """
        known = {
            "endings": self.endings,
            "false_alarms": dict(self.false_alarms),
            "oracles": {name: asdict(scores) for name, scores in self.oracles.items()},
            "ceiling": self.ceiling.to_json() if self.ceiling else None,
            "groups": [asdict(group) for group in self.groups],
            "notes": list(self.notes),
        }
        return known | ({"annotated": [asdict(a) for a in self.annotated]} if each else {})


def diagnose(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    how: Judgment,
    *,
    curves: Mapping[VideoKey, VideoCurve],
    candidates: pd.DataFrame | None,
    conditions: Mapping[VideoKey, Conditions],
    notes: Sequence[str] = (),
) -> Diagnosis:
    """Diagnose the main variant of a run under the `strict` rules.

    Args:
        predictions: of the judged kind, every variant.
        recordings: that are judged, the expressions of the judged kind as their MEs.
        how: how the run was judged.
        curves: of the videos that have one.
        candidates: proposals of the main variant and those below the threshold; None where only
            the proposals are known.
        conditions: what the data set knows of its videos.
        notes: what is not known.
    """
    scoring = how.protocol("strict")
    oracle = Oracle(recordings, scoring, how.variant)
    lower = predictions if candidates is None else candidates
    return Diagnosis(
        tuple(endings(predictions, recordings, scoring, how.variant, curves)),
        false_alarms(predictions, recordings, how.variant, how.iou, conditions),
        oracle.scores(predictions, lower),
        ceiling(recordings) if (how.kind, how.iou) == ("micro", LEAST_IOU) else None,
        tuple(groups(predictions, recordings, scoring, how.variant, conditions)),
        tuple(notes),
    )
