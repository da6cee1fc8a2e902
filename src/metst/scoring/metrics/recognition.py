"""Recognition scores of the found MEs, from a confusion matrix (E, E+1) with neutral last.

Three ways to average over classes: the authors' released code, the STRS evaluator
(genbing99/STRS-Metric), and one that is defined for every matrix.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from metst.datasets.labels.records import EMOTIONS

Matrix = list[list[int]]

NAN = math.nan


@dataclass(frozen=True)
class ClassScore:
    """One emotion against the others; NaN where 0/0."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def precision(self) -> float:
        """TP / (TP + FP)."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """TP / (TP + FN)."""
        return ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN)."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def trivial(self) -> bool:
        """Whether both one-against-the-rest lists together hold a single value, or nothing."""
        return self.tp + self.fp + self.fn == 0 or self.fp + self.fn + self.tn == 0


@dataclass(frozen=True)
class Recognition:
    """Averages over classes, and what they are averages of.

    Attributes:
        uf1: mean F1 of the classes.
        uar: mean recall of the classes (mean precision in the STRS evaluator).
        precision: mean precision.
        recall: mean recall.
        f1: harmonic mean of `precision` and `recall`, the factor in STRS.
        per_class: emotion -> scores; None for a class that is left out.
        flags: messages on what makes a value special.
    """

    uf1: float
    uar: float
    precision: float
    recall: float
    f1: float
    per_class: dict[str, ClassScore | None]
    flags: tuple[str, ...] = ()


Averages = Callable[[Matrix, Sequence[int], Sequence[str]], Recognition]
"""(confusion, analyzed classes, names of all classes) -> scores."""


def average_authors(
    confusion: Matrix, analyzed: Sequence[int], names: Sequence[str] = EMOTIONS
) -> Recognition:
    """The released rule: trivial classes are left out, and NaN stays where it arises.

    A class is trivial if it is neither annotated nor predicted, but also if nothing else is: a
    perfect result on one class has no score. UAR is NaN as soon as a class is predicted that is
    not annotated; precision and recall take 0 there.
    """
    per_class = {c: _one_vs_rest(confusion, analyzed, c) for c in analyzed}
    used = [score for score in per_class.values() if not score.trivial]
    recalls = [score.recall for score in used]
    precision = _mean([_zero_if_nan(score.precision) for score in used])
    recall = _mean([_zero_if_nan(value) for value in recalls])
    flags = []
    if not used:
        flags.append("no class can be averaged: recognition is undefined")
    elif any(math.isnan(value) for value in recalls):
        flags.append("a class is predicted but not annotated among the found MEs: UAR is undefined")
    named = {names[c]: None if s.trivial else s for c, s in per_class.items()}
    uf1 = _mean([score.f1 for score in used])
    f1 = harmonic(precision, recall)
    return Recognition(uf1, _mean(recalls), precision, recall, f1, named, tuple(flags))


def average_strict(
    confusion: Matrix, analyzed: Sequence[int], names: Sequence[str] = EMOTIONS
) -> Recognition:
    """Mean over the classes that are annotated; 0 without any, and 0 for 0/0: never NaN."""
    per_class = {c: _one_vs_rest(confusion, analyzed, c) for c in analyzed}
    used = [score for score in per_class.values() if score.tp + score.fn > 0]
    precision = _zero_if_nan(_mean([_zero_if_nan(score.precision) for score in used]))
    recall = _zero_if_nan(_mean([score.recall for score in used]))
    uf1 = _zero_if_nan(_mean([score.f1 for score in used]))
    absent = [names[c] for c, s in per_class.items() if s.tp + s.fn == 0]
    flags = (f"no annotated ME to judge: {', '.join(absent)}",) if absent else ()
    named = {names[c]: s if s in used else None for c, s in per_class.items()}
    f1 = _zero_if_nan(harmonic(precision, recall))
    return Recognition(uf1, recall, precision, recall, f1, named, flags)


def average_strs(
    confusion: Matrix, analyzed: Sequence[int], names: Sequence[str] = EMOTIONS
) -> Recognition:
    """The STRS evaluator's rule: every analyzed class counts, 0 for a trivial one and for 0/0.

    Its UAR is the mean precision.
    """
    per_class = {c: _one_vs_rest(confusion, analyzed, c) for c in analyzed}
    scores = list(per_class.values())
    precisions = [0.0 if s.trivial else _zero_if_nan(s.precision) for s in scores]
    recalls = [0.0 if s.trivial else _zero_if_nan(s.recall) for s in scores]
    pairs = zip(precisions, recalls, strict=True)
    uf1 = _mean([_zero_if_nan(harmonic(p, r)) for p, r in pairs])
    precision, recall = _mean(precisions), _mean(recalls)
    named = {names[c]: None if s.trivial else s for c, s in per_class.items()}
    f1 = harmonic(precision, recall)
    flags = ("UAR is the mean precision, as the evaluator computes it",)
    return Recognition(uf1, precision, precision, recall, f1, named, flags)


UNDEFINED = Recognition(NAN, NAN, NAN, NAN, NAN, {}, ("no emotions are judged: spotting alone",))
"""Of tables that name no emotions."""


def harmonic(a: float, b: float) -> float:
    """2ab / (a + b); NaN for 0/0."""
    return ratio(2 * a * b, a + b)


def ratio(numerator: float, denominator: float) -> float:
    """Quotient, NaN over 0."""
    return numerator / denominator if denominator else NAN


def _one_vs_rest(confusion: Matrix, analyzed: Sequence[int], c: int) -> ClassScore:
    """Counts of class `c` among the found MEs whose annotated emotion is analyzed."""
    tp = confusion[c][c]
    fn = sum(confusion[c]) - tp
    fp = sum(confusion[row][c] for row in analyzed) - tp
    total = sum(sum(confusion[row]) for row in analyzed)
    return ClassScore(tp, fp, fn, total - tp - fp - fn)


def _mean(values: Sequence[float]) -> float:
    return ratio(sum(values), len(values))


def _zero_if_nan(value: float) -> float:
    return 0.0 if math.isnan(value) else value
