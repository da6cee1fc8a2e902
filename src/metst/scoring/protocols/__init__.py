"""Evaluation protocols by name.

- `authors`: as the authors' released code evaluates, quirks included; where it would stop with an
  error, the result is a value and a flag.
- `strict`: the same with every quirk corrected (`DIFFERENCES` lists them).
- `strs_metric`: the public STRS evaluator (genbing99/STRS-Metric); it judges tables only.
"""

from functools import partial
from typing import Literal

from metst.base.errors import ConfigError
from metst.datasets.labels.records import EMOTIONS
from metst.scoring.metrics.matching import match_best, match_every, match_one_to_one
from metst.scoring.metrics.recognition import average_authors, average_strict, average_strs
from metst.scoring.protocols import rules
from metst.scoring.protocols.protocol import Protocol
from metst.scoring.protocols.rules import DIFFERENCES, Difference
from metst.scoring.settings import IOU

__all__ = [
    "DIFFERENCES",
    "PROTOCOLS",
    "Difference",
    "Protocol",
    "ProtocolName",
    "get_protocol",
]

ProtocolName = Literal["authors", "strict", "strs_metric"]
PROTOCOLS: tuple[ProtocolName, ...] = ("authors", "strict", "strs_metric")


def get_protocol(
    name: str,
    *,
    iou: float = IOU,
    analyzed: tuple[str, ...] | None = EMOTIONS,
    emotions: tuple[str, ...] = EMOTIONS,
) -> Protocol:
    """The rules of a protocol: `authors`, `strict` or `strs_metric`.

    Args:
        name: of the protocol.
        iou: least overlap of a find.
        analyzed: emotions whose recognition is averaged; None for those that are annotated.
        emotions: all emotion classes; none for spotting alone.

    Raises:
        ConfigError: the name is not known, or an emotion is not.
    """
    if name not in PROTOCOLS:
        msg = f"protocol: expected one of {', '.join(PROTOCOLS)}, got {name!r}"
        raise ConfigError(msg)
    unknown = [emotion for emotion in analyzed or () if emotion not in emotions]
    if unknown or not 0 < iou <= 1:
        msg = (
            f"scoring: expected emotions of {', '.join(emotions)} and 0 < iou <= 1, "
            f"got {analyzed} and {iou}"
        )
        raise ConfigError(msg)
    truth = partial(_TRUTHS[name], class_of=rules.classes_of(emotions))
    return _SCORINGS[name](truth=truth, iou=iou, analyzed=analyzed, emotions=emotions)


_TRUTHS = {
    "authors": rules.truth_authors,
    "strict": rules.truth_strict,
    "strs_metric": rules.truth_table,
}

_SCORINGS: dict[str, partial[Protocol]] = {
    "authors": partial(
        Protocol,
        name="authors",
        table="authors",
        to_frame=rules.sampled_frame,
        judged=rules.judge_annotated,
        dummies=rules.with_dummies,
        time_order=True,
        withdraw_first=False,
        match=match_best,
        averages=average_authors,
    ),
    "strict": partial(
        Protocol,
        name="strict",
        table="strict",
        to_frame=rules.own_number,
        judged=rules.judge_all,
        dummies=None,
        time_order=True,
        withdraw_first=True,
        match=match_one_to_one,
        averages=average_strict,
    ),
    "strs_metric": partial(
        Protocol,
        name="strs_metric",
        table="authors",
        to_frame=rules.own_number,
        judged=rules.judge_predicted,
        dummies=None,
        time_order=False,
        withdraw_first=True,
        match=match_every,
        averages=average_strs,
    ),
}
