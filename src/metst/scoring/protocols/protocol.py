"""Judging a predictions table against the annotations of the recordings."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metst.base.errors import MetstError
from metst.datasets.labels.records import EMOTIONS, Recording
from metst.intervals.interval import Intervals
from metst.intervals.predictions import ANNOTATED
from metst.intervals.synergy import STRATEGIES
from metst.scoring.metrics.counts import Counts
from metst.scoring.metrics.matched import Matched, Matching, judge
from metst.scoring.metrics.recognition import Averages
from metst.scoring.metrics.scores import Scores
from metst.scoring.protocols.rules import Keep, ToFrame, Truth, classes_of
from metst.scoring.settings import IOU

if TYPE_CHECKING:
    from metst.scoring.metrics.spot_then_recognize import SpotThenRecognize

Key = tuple[str, str]
"""Subject and video."""

Predicted = tuple[int, int, int, int]
"""Onset, offset and class of a prediction, and its place in the table."""


@dataclass(frozen=True)
class Compared:
    """The intervals of one subject, in the frames in which the protocol compares.

    Attributes:
        videos: those that are judged; intervals name them by their place here.
        predicted: intervals of the table, neutral ones included; dummies come after them.
        annotated: micro-expressions of the same videos.
        rows: place in the predictions table of each predicted interval that is no dummy.
        unjudged: classes of the MEs in videos that are not judged.
    """

    videos: tuple[Recording, ...]
    predicted: Intervals
    annotated: Intervals
    rows: tuple[int, ...]
    unjudged: tuple[int, ...]


@dataclass(frozen=True)
class Protocol:
    """How a table is judged.

    Attributes:
        name: of the protocol.
        table: decoder whose rows of a table are judged.
        truth: annotated MEs of a video.
        to_frame: frames in which intervals are compared.
        judged: which videos count.
        dummies: whether a video without candidates counts as the false positive [0, 0].
        time_order: whether predictions are taken in order of time, else as in the table.
        withdraw_first: whether neutral candidates go before the matching, else after it.
        match: the matching rule.
        averages: the averages over classes.
        iou: least overlap of a find, itself included.
        analyzed: classes whose recognition is averaged; None for those that are annotated.
        emotions: names of all classes; none where spotting alone is judged.
    """

    name: str
    table: str
    truth: Truth
    to_frame: ToFrame
    judged: Keep
    dummies: Callable[[Intervals, int, int], Intervals] | None
    time_order: bool
    withdraw_first: bool
    match: Matching
    averages: Averages
    iou: float = IOU
    analyzed: tuple[str, ...] | None = EMOTIONS
    emotions: tuple[str, ...] = EMOTIONS

    def evaluate(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], synergy: str
    ) -> Scores:
        """Scores of one strategy of a predictions table, over all recordings together.

        Raises:
            MetstError: a row names a video that is not among the recordings.
        """
        return self.pooled(self.counts(predictions, recordings, synergy).values())

    def counts(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], synergy: str
    ) -> dict[str, Counts]:
        """Counts of every subject, in the order of the recordings."""
        return {
            subject: self.judge(each, synergy).counts().also_annotated(each.unjudged)
            for subject, each in self.compared(predictions, recordings, synergy).items()
        }

    def compared(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], synergy: str
    ) -> dict[str, Compared]:
        """What is compared of every subject, in the order of the recordings."""
        rows = self._rows(select(predictions, self.table, synergy), recordings)
        subjects: dict[str, list[Recording]] = defaultdict(list)
        for recording in recordings:
            subjects[recording.subject].append(recording)
        withdraws = STRATEGIES[synergy].drops_neutral
        return {
            subject: self._subject(rows, videos, withdraws) for subject, videos in subjects.items()
        }

    def judge(self, compared: Compared, synergy: str) -> Matched:
        """Who found what of one subject, on the device of its intervals."""
        return judge(
            compared.predicted,
            compared.annotated,
            self.match,
            iou=self.iou,
            withdraws=STRATEGIES[synergy].drops_neutral,
            withdraw_first=self.withdraw_first,
            emotions=len(self.emotions),
        )

    def scores(self, counts: Counts) -> Scores:
        """Scores of counts, which may be sums over subjects."""
        return Scores.of(counts, self.averages, self.analyzed, self.emotions)

    def pooled(self, counts: Iterable[Counts]) -> Scores:
        """Scores of several subjects together."""
        return self.scores(sum(counts, Counts.zero(len(self.emotions))))

    def scores_of(self, numbers: NDArray[np.int64]) -> Scores:
        """Scores of counts as `Counts.numbers` gives them."""
        return self.scores(Counts.of_numbers(numbers, len(self.emotions)))

    def metric(self, synergy: str) -> "SpotThenRecognize":
        """The same judgment as a torchmetrics metric, which adds up what is `compared`."""
        from metst.scoring.metrics.spot_then_recognize import (
            SpotThenRecognize,  # a second to import
        )

        return SpotThenRecognize(
            self.match,
            self.averages,
            iou=self.iou,
            withdraws=STRATEGIES[synergy].drops_neutral,
            withdraw_first=self.withdraw_first,
            analyzed=self.analyzed,
            emotions=self.emotions,
        )

    def _subject(
        self, rows: dict[Key, list[Predicted]], recordings: Sequence[Recording], withdraws: bool
    ) -> Compared:
        """The intervals of one subject's videos."""
        labels = [row[2] for r in recordings for row in rows.get((r.subject, r.video), [])]
        active = any(label != len(self.emotions) or not withdraws for label in labels)
        found: list[tuple[int, int, int, int]] = []
        wanted: list[tuple[int, int, int, int]] = []
        places: list[int] = []
        unjudged: list[int] = []
        videos: list[Recording] = []
        for recording in recordings:
            truth = self.truth(recording)
            if not self.judged(recording, active):
                unjudged += [label for _, _, label in truth if label >= 0]
                continue
            own = rows.get((recording.subject, recording.video), [])
            found += [(len(videos), *row[:3]) for row in own]
            places += [row[3] for row in own]
            wanted += [(len(videos), *row) for row in truth]
            videos.append(recording)
        predicted = Intervals.of(found)
        if self.dummies is not None:
            predicted = self.dummies(predicted, len(videos), len(self.emotions))
        annotated = Intervals.of(wanted)
        return Compared(tuple(videos), predicted, annotated, tuple(places), tuple(unjudged))

    @cached_property
    def _class_of(self) -> dict[str, int]:
        return classes_of(self.emotions)

    def _rows(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording]
    ) -> dict[Key, list[Predicted]]:
        """Predicted intervals of every video, in the order in which they are judged."""
        known = {(r.subject, r.video): r for r in recordings}
        rows: dict[Key, list[Predicted]] = defaultdict(list)
        names = ("subject", "video", "onset", "offset", "emotion")
        columns = (predictions[name].tolist() for name in names)
        for place, (subject, video, *interval, emotion) in enumerate(zip(*columns, strict=True)):
            recording = known.get((subject, video))
            if recording is None:
                msg = (
                    f"predictions name the video {subject}/{video}, which is not among the "
                    f"{len(known)} annotated recordings; check subject and video names"
                )
                raise MetstError(msg)
            first, last = (self.to_frame(recording, frame) for frame in interval)
            rows[subject, video].append((first, last, self._class_of.get(emotion, -1), place))
        if self.time_order:
            for intervals in rows.values():
                intervals.sort(key=lambda row: row[:3])
        return rows


def select(predictions: pd.DataFrame, decoder: str, synergy: str) -> pd.DataFrame:
    """Rows of one decoder and strategy; every row of a table that does not name them.

    Raises:
        MetstError: the strategy is not known, or the table holds others only.
    """
    if synergy not in STRATEGIES:
        msg = f"synergy strategy: expected one of {', '.join(STRATEGIES)}, got {synergy!r}"
        raise MetstError(msg)
    predictions = _proposed(predictions)
    if _is_bare(predictions):
        return predictions
    if synergy not in (held := strategies(predictions)):
        msg = f"the predictions hold the strategies {', '.join(held)}, not {synergy}"
        raise MetstError(msg)
    return predictions[predictions["variant"] == f"{decoder}/{synergy}"]


def strategies(predictions: pd.DataFrame) -> tuple[str, ...]:
    """Strategies that a table holds; all of them where it names none."""
    predictions = _proposed(predictions)
    if _is_bare(predictions):
        return tuple(STRATEGIES)
    held = {variant.partition("/")[2] for variant in set(predictions["variant"])}
    return tuple(name for name in STRATEGIES if name in held)


def _proposed(predictions: pd.DataFrame) -> pd.DataFrame:
    """Rows of proposed intervals, without those that only name the annotated ones."""
    return predictions[~predictions["variant"].str.endswith(f"/{ANNOTATED}")]


def _is_bare(predictions: pd.DataFrame) -> bool:
    return bool((predictions["variant"] == "").all())
