"""Judging a predictions table against the annotations of the recordings."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from metst.errors import MetstError
from metst.labels.records import EMOTIONS, Recording
from metst.metrics.counts import Counts, count
from metst.metrics.intervals import Intervals, overlap
from metst.metrics.recognition import Averages
from metst.metrics.scores import Scores
from metst.protocols.rules import CLASS_OF, NEUTRAL_CLASS, Keep, Row, ToFrame, Truth
from metst.synergy import STRATEGIES

Matching = Callable[[Tensor, float], Tensor]

Key = tuple[str, str]
"""Subject and video."""


@dataclass(frozen=True)
class Scoring:
    """How a table is judged.

    Attributes:
        name: of the protocol.
        table: protocol whose rows of a table are judged.
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
    """

    name: str
    table: str
    truth: Truth
    to_frame: ToFrame
    judged: Keep
    dummies: Callable[[Intervals, int], Intervals] | None
    time_order: bool
    withdraw_first: bool
    match: Matching
    averages: Averages
    iou: float = 0.5
    analyzed: tuple[str, ...] | None = EMOTIONS

    def evaluate(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], synergy: str
    ) -> Scores:
        """Scores of one strategy of a predictions table, over all recordings together.

        Raises:
            MetstError: a row names a video that is not among the recordings.
        """
        total = Counts.zero(len(EMOTIONS))
        for counts in self.counts(predictions, recordings, synergy).values():
            total = total + counts
        return self.scores(total)

    def counts(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording], synergy: str
    ) -> dict[str, Counts]:
        """Counts of every subject, in the order of the recordings."""
        rows = self._rows(select(predictions, self.table, synergy), recordings)
        subjects: dict[str, list[Recording]] = defaultdict(list)
        for recording in recordings:
            subjects[recording.subject].append(recording)
        withdraws = STRATEGIES[synergy].drops_neutral
        return {
            subject: self._subject(rows, videos, withdraws) for subject, videos in subjects.items()
        }

    def scores(self, counts: Counts) -> Scores:
        """Scores of counts, which may be sums over subjects."""
        return Scores.of(counts, self.averages, self.analyzed)

    def compare(
        self, predicted: Intervals, annotated: Intervals, videos: int, withdraws: bool
    ) -> tuple[Tensor, Tensor, Intervals]:
        """Owner (G,) of each annotated interval, kept predictions (P,), and the predictions judged.

        Args:
            predicted: candidates, neutral ones included.
            annotated: MEs of the same videos.
            videos: number of videos.
            withdraws: whether neutral candidates are withdrawn.
        """
        if self.dummies is not None:
            predicted = self.dummies(predicted, videos)
        kept = (predicted.label != NEUTRAL_CLASS) | (not withdraws)
        iou = overlap(predicted, annotated)  # (P, G)
        if self.withdraw_first:
            iou = torch.where(kept[:, None], iou, 0.0)
        return self.match(iou, self.iou), kept, predicted

    def _subject(
        self, rows: dict[Key, list[Row]], recordings: Sequence[Recording], withdraws: bool
    ) -> Counts:
        """Counts of the videos of one subject."""
        active = any(
            label != NEUTRAL_CLASS or not withdraws
            for r in recordings
            for _, _, label in rows.get((r.subject, r.video), [])
        )
        found: list[tuple[int, int, int, int]] = []
        wanted: list[tuple[int, int, int, int]] = []
        unjudged: list[int] = []
        videos = 0
        for recording in recordings:
            truth = self.truth(recording)
            if not self.judged(recording, truth, active):
                unjudged += [label for _, _, label in truth]
                continue
            found += [(videos, *row) for row in rows.get((recording.subject, recording.video), [])]
            wanted += [(videos, *row) for row in truth]
            videos += 1
        annotated = Intervals.of(wanted)
        owner, kept, predicted = self.compare(Intervals.of(found), annotated, videos, withdraws)
        counts = count(predicted, annotated, owner, kept, len(EMOTIONS))
        return counts.also_annotated(unjudged)

    def _rows(
        self, predictions: pd.DataFrame, recordings: Sequence[Recording]
    ) -> dict[Key, list[Row]]:
        """Predicted intervals of every video, in the order in which they are judged."""
        known = {(r.subject, r.video): r for r in recordings}
        rows: dict[Key, list[Row]] = defaultdict(list)
        columns = ("subject", "video", "onset", "offset", "emotion")
        for subject, video, onset, offset, emotion in zip(
            *(predictions[name] for name in columns), strict=True
        ):
            recording = known.get((subject, video))
            if recording is None:
                msg = (
                    f"predictions name the video {subject}/{video}, which is not among the "
                    f"{len(known)} annotated recordings; check subject and video names"
                )
                raise MetstError(msg)
            first, last = self.to_frame(recording, onset), self.to_frame(recording, offset)
            rows[subject, video].append((first, last, CLASS_OF[emotion]))
        if self.time_order:
            for intervals in rows.values():
                intervals.sort(key=lambda row: row[0])
        return rows


def select(predictions: pd.DataFrame, protocol: str, synergy: str) -> pd.DataFrame:
    """Rows of one protocol and strategy; every row of a table that does not tell them apart.

    Raises:
        MetstError: the strategy is not known.
    """
    if synergy not in STRATEGIES:
        msg = f"synergy strategy: expected one of {', '.join(STRATEGIES)}, got {synergy!r}"
        raise MetstError(msg)
    if "protocol" not in predictions or bool((predictions["protocol"] == "").all()):
        return predictions
    wanted = (predictions["protocol"] == protocol) & (predictions["synergy"] == synergy)
    return predictions[wanted]
