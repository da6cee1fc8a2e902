"""Evaluation protocols by name.

- `authors`: as the authors' released code evaluates, quirks included; where it would stop with an
  error, the result is a value and a flag.
- `strict`: the same with every quirk corrected (`DIFFERENCES` lists them).
- `strs_metric`: the public STRS evaluator (genbing99/STRS-Metric); it judges tables only.
"""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from metst.base.errors import ConfigError, MetstError
from metst.datasets.labels.authors import half_length, video_lists
from metst.datasets.labels.records import EMOTIONS, Recording
from metst.datasets.labels.samples import samples
from metst.intervals.spotting import smooth_authors, smooth_centered
from metst.intervals.stitching import Curves, Outputs, stitch_authors, stitch_average
from metst.intervals.synergy import (
    label_first_seen,
    label_most_probable,
    span_authors,
    span_inclusive,
)
from metst.scoring.metrics.matching import match_best, match_every, match_one_to_one
from metst.scoring.metrics.recognition import average_authors, average_strict, average_strs
from metst.scoring.protocols import rules
from metst.scoring.protocols.protocol import Protocol, Rules
from metst.scoring.protocols.rules import DIFFERENCES, Difference
from metst.scoring.protocols.scoring import Scoring

__all__ = [
    "DIFFERENCES",
    "PROTOCOLS",
    "SCORINGS",
    "Difference",
    "Protocol",
    "ProtocolName",
    "Scoring",
    "ScoringName",
    "get_protocol",
    "get_scoring",
]

ProtocolName = Literal["authors", "strict"]
ScoringName = Literal["authors", "strict", "strs_metric"]
PROTOCOLS: tuple[ProtocolName, ...] = ("authors", "strict")
SCORINGS: tuple[ScoringName, ...] = ("authors", "strict", "strs_metric")


def get_protocol(
    name: str,
    *,
    k: int,
    batch_size: int,
    peak: float = 0.55,
    iou: float = 0.5,
    analyzed: tuple[str, ...] = EMOTIONS,
) -> Protocol:
    """Protocol by name.

    Args:
        name: `authors` or `strict`.
        k: frames per window.
        batch_size: windows per test batch; only the authors' stitching depends on it.
        peak: p of the peak threshold, 0.55 in the released code.
        iou: least overlap of a find; the paper writes "greater", the released code takes equal too.
        analyzed: emotions whose recognition is averaged; three of them for SAMM-LV.

    Raises:
        ConfigError: the name is not known, or k or batch_size cannot be used.
    """
    if name not in PROTOCOLS:
        msg = f"protocol: expected one of {', '.join(PROTOCOLS)}, got {name!r}"
        raise ConfigError(msg)
    if k < 2 or k % 2 or batch_size < 1:
        msg = f"protocol: expected an even k and batch_size >= 1, got {k=}, {batch_size=}"
        raise ConfigError(msg)
    chosen = _authors(batch_size) if name == "authors" else _STRICT
    return Protocol(chosen, get_scoring(name, iou=iou, analyzed=analyzed), peak)


def get_scoring(
    name: str,
    *,
    iou: float = 0.5,
    analyzed: tuple[str, ...] | None = EMOTIONS,
    emotions: tuple[str, ...] = EMOTIONS,
) -> Scoring:
    """The judging half of a protocol: `authors`, `strict` or `strs_metric`.

    Args:
        name: of the protocol.
        iou: least overlap of a find.
        analyzed: emotions whose recognition is averaged; None for those that are annotated.
        emotions: all emotion classes; none for spotting alone.

    Raises:
        ConfigError: the name is not known, or an emotion is not.
    """
    if name not in SCORINGS:
        msg = f"protocol: expected one of {', '.join(SCORINGS)}, got {name!r}"
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


def _stitch_as_released(outputs: Outputs, batch_size: int) -> Curves:
    """The released stitching of a subject whose videos without MEs are not loaded."""
    loaded = [video_lists(recording).kept for recording in outputs.recordings]
    return stitch_authors(outputs, batch_size, loaded)


def _half_length_all(recordings: Sequence[Recording], _subject: str) -> int:
    """k_p over all subjects, the held-out one included (released code)."""
    return half_length(recordings)


def _half_length_training(recordings: Sequence[Recording], subject: str) -> int:
    """k_p over the training subjects, at least 1."""
    training = [r for r in recordings if r.subject != subject]
    lengths = [offset - onset for r in training for onset, offset, _ in samples(r, "strict")]
    if not lengths:
        msg = f"k_p: no micro-expression is annotated outside of subject {subject}; check labels"
        raise MetstError(msg)
    return max(1, int((sum(lengths) / len(lengths) + 1) / 2))


def _authors(batch_size: int) -> Rules:
    return Rules(
        stitch=partial(_stitch_as_released, batch_size=batch_size),
        smooth=smooth_authors,
        limit=rules.unclipped,
        span=span_authors,
        vote=label_first_seen,
        half_length=_half_length_all,
    )


_STRICT = Rules(
    stitch=stitch_average,
    smooth=smooth_centered,
    limit=rules.clipped,
    span=span_inclusive,
    vote=label_most_probable,
    half_length=_half_length_training,
)

_TRUTHS = {
    "authors": rules.truth_authors,
    "strict": rules.truth_strict,
    "strs_metric": rules.truth_table,
}

_SCORINGS: dict[str, partial[Scoring]] = {
    "authors": partial(
        Scoring,
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
        Scoring,
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
        Scoring,
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
