"""What false alarms lie over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from metst.datasets.conditions import Conditions
from metst.datasets.labels.annotations import VideoKey
from metst.datasets.labels.records import Recording
from metst.scoring.outcomes import NOTHING, OVER, outcomes

EXPRESSIONS = tuple(kind for kind in OVER if kind != NOTHING)

ALARMS: Final[Mapping[str, str]] = {
    "micro": "an ME: wrong length, or found already",
    "macro": "an MaE",
    "blink": "a blink",
    "motion": "head motion",
}
"""What a false alarm lies over, where its name does not explain itself."""


def false_alarms(
    predictions: pd.DataFrame,
    recordings: Sequence[Recording],
    synergy: str,
    iou: float,
    conditions: Mapping[VideoKey, Conditions],
) -> dict[str, int]:
    """Number of false alarms over each kind of event, and over nothing.

    An alarm belongs to the annotated expression that it shares most frames with (`micro`: it has
    the wrong length, or the ME is found already); where there is none, to the activity that it
    shares most frames with. Kinds of expressions come first, then the activities of the data set.
    """
    table = outcomes(predictions, recordings, synergy, iou)
    activities = dict.fromkeys(a.kind for c in conditions.values() for a in c.activities)
    found: Counter[str] = Counter()
    for row in table[table["outcome"] == "false"].to_dict("records"):
        known = conditions.get((row["subject"], row["video"]))
        nothing = row["over"] == NOTHING
        found[_activity(row["onset"], row["offset"], known) if nothing else row["over"]] += 1
    return {kind: found[kind] for kind in (*EXPRESSIONS, *activities, NOTHING)}


def _activity(onset: int, offset: int, conditions: Conditions | None) -> str:
    """Kind of the activity that shares most frames with an interval."""
    kind, most = NOTHING, 0
    for activity in conditions.activities if conditions else ():
        shared = min(offset, activity.offset) - max(onset, activity.onset) + 1
        if shared > most:
            kind, most = activity.kind, shared
    return kind
