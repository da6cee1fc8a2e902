"""The predictions table: a row per proposed interval and variant."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from metst.datasets.labels.records import NEUTRAL
from metst.intervals.proposals import Proposals

COLUMNS: tuple[str, ...] = (
    "variant",
    "subject",
    "video",
    "kind",
    "onset",
    "apex",
    "offset",
    "emotion",
    "score",
)
"""`variant` is decoder and synergy strategy, such as `strict/spotting_first`; frames are the data
set's own numbers, both ends inclusive; `emotion` is empty where a system names none. Behind them
comes a column `p_<class>` for each class that a system gives probabilities of."""

ANNOTATED = "annotated"
"""In place of a synergy strategy: annotated intervals with the emotion that a system gives them."""

WHOLE = ("onset", "apex", "offset")

Row = Mapping[str, object]


def predictions_table(rows: Iterable[Row], probabilities: Sequence[str] = ()) -> pd.DataFrame:
    """A table of rows, with the same columns and types for any number of them.

    Args:
        rows: values by column.
        probabilities: names of the probability columns, `p_<class>`.
    """
    names = [*COLUMNS, *probabilities]
    real = ["score", *probabilities]
    types = dict.fromkeys(WHOLE, "int64") | dict.fromkeys(real, "float64")
    text = dict.fromkeys([name for name in names if name not in types], "str")
    return pd.DataFrame(list(rows), columns=names).astype(types | text)


def proposed_table(proposals: Sequence[Proposals], emotions: Sequence[str]) -> pd.DataFrame:
    """The proposals of all decoders as a table.

    Args:
        proposals: of one fold.
        emotions: names of the classes, without neutral.
    """
    classes = (*emotions, NEUTRAL)
    named = any(p.probabilities is not None for p in proposals)
    columns = [f"p_{name}" for name in classes] if named else []
    return predictions_table((row for p in proposals for row in p.rows(classes)), columns)
