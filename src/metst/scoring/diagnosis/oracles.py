"""Scores that a run would have if one of its decisions were always right.

Each oracle looks at the annotations that are judged and changes a table of predictions: upper
bounds, which no method can reach, of what a better threshold, length or emotion can gain.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from metst.datasets.labels.records import Recording
from metst.intervals.interval import overlap
from metst.scoring.diagnosis.headline import Headline
from metst.scoring.protocols.protocol import Protocol, select

ORACLES: Final[Mapping[str, str]] = {
    "as_it_is": "as it is",
    "threshold": "perfect threshold in each video",
    "length": "perfect length of what lies on an ME",
    "emotion": "perfect emotion of what is found",
    "all": "all three",
}
"""The oracles, none first."""


@dataclass(frozen=True)
class Oracle:
    """What is changed is judged by the rules and recordings that the run was judged by.

    Attributes:
        recordings: that are judged.
        scoring: the `strict` rules.
        synergy: strategy of the variant.
    """

    recordings: Sequence[Recording]
    scoring: Protocol
    synergy: str

    def scores(self, predictions: pd.DataFrame, candidates: pd.DataFrame) -> dict[str, Headline]:
        """The scores as they are, with each oracle, and with all three.

        Args:
            predictions: of the run.
            candidates: the same, with the peaks below the threshold where they are known.
        """
        own = self._rows(predictions)
        everything = self.emotion(self.threshold(self.length(candidates)))
        tables = {
            "as_it_is": own,
            "threshold": self.threshold(candidates),
            "length": self.length(own),
            "emotion": self.emotion(own),
            "all": everything,
        }
        return {name: self._headline(table) for name, table in tables.items()}

    def length(self, predictions: pd.DataFrame) -> pd.DataFrame:
        """Each kept proposal that finds nothing takes onset and offset of a missed ME below it.

        Of several it takes the one that it overlaps most.
        """
        table = self._rows(predictions)
        for compared in self.scoring.compared(table, self.recordings, self.synergy).values():
            matched = self.scoring.judge(compared, self.synergy)
            free = matched.false[:, None] & ~matched.found
            shares = overlap(compared.predicted, compared.annotated) * free  # (P, G)
            if not shares.numel():
                continue
            most, which = shares.max(1)
            for index in (most > 0).nonzero()[:, 0].tolist():
                row, me = compared.rows[index], int(which[index])
                table.loc[row, "onset"] = int(compared.annotated.onset[me])
                table.loc[row, "offset"] = int(compared.annotated.offset[me])
        return table

    def emotion(self, predictions: pd.DataFrame) -> pd.DataFrame:
        """Each proposal that finds an ME names its emotion."""
        table = self._rows(predictions)
        classes = dict(enumerate(self.scoring.emotions))
        for compared in self.scoring.compared(table, self.recordings, self.synergy).values():
            matched = self.scoring.judge(compared, self.synergy)
            for g in matched.found.nonzero()[:, 0].tolist():
                if (label := int(matched.annotated.label[g])) in classes:
                    row = compared.rows[int(matched.owner[g])]
                    table.loc[row, "emotion"] = classes[label]
        return table

    def threshold(self, predictions: pd.DataFrame) -> pd.DataFrame:
        """Each video keeps the proposals above the height that serves the F1 of spotting best.

        No rule for thresholds spots better with these proposals. Video by video, the height is
        sought that gains most of 2 TP - F (2 TP + FP + FN), with F the F1 that the last round
        reached, until it stays (Dinkelbach, Management Science 13 (7), 1967).
        """
        table = self._rows(predictions)
        videos = dict(iter(table.groupby(["subject", "video"], sort=False)))
        keys = [(r.subject, r.video) for r in self.recordings]
        choices = [
            self._heights(videos.get(key, table.head(0)), recording)
            for key, recording in zip(keys, self.recordings, strict=True)
        ]
        best, chosen = -1.0, [choice[-1] for choice in choices]
        while (reached := _f1(chosen)) > best:
            best = reached
            chosen = [max(choice, key=lambda c: c.gain(best)) for choice in choices]
        heights = {key: choice.height for key, choice in zip(keys, chosen, strict=True)}
        places = zip(table["subject"], table["video"], strict=True)
        least = pd.Series([heights[place] for place in places], index=table.index, dtype=float)
        return table[table["score"] >= least].reset_index(drop=True)

    def _heights(self, rows: pd.DataFrame, recording: Recording) -> list["_Choice"]:
        """Counts of a video for each height that can be the best: those of useful proposals."""
        rows = rows.reset_index(drop=True)
        (compared,) = self.scoring.compared(rows, [recording], self.synergy).values()
        annotated = len(compared.annotated)
        choices = [_Choice(math.inf, 0, 0, annotated)]
        if annotated and len(rows):
            shares = overlap(compared.predicted, compared.annotated).amax(1)  # (P,)
            useful = (shares >= self.scoring.iou).nonzero()[:, 0].tolist()
            scores = rows.loc[[compared.rows[i] for i in useful], "score"]
            for height in sorted(set(scores), reverse=True):
                high = rows[rows["score"] >= height]
                (counts,) = self.scoring.counts(high, [recording], self.synergy).values()
                choices.append(_Choice(height, int(counts.tp), int(counts.fp), int(counts.fn)))
        return choices

    def _rows(self, predictions: pd.DataFrame) -> pd.DataFrame:
        """A copy of the rows that are judged, numbered from 0."""
        chosen = select(predictions, self.scoring.table, self.synergy)
        return chosen.reset_index(drop=True).copy()

    def _headline(self, table: pd.DataFrame) -> Headline:
        return Headline.of(self.scoring.evaluate(table, self.recordings, self.synergy))


@dataclass(frozen=True)
class _Choice:
    """A height in a video and what it gives."""

    height: float
    tp: int
    fp: int
    fn: int

    def gain(self, f1: float) -> float:
        """What is to be as large as possible where all videos together have this F1."""
        return 2 * self.tp - f1 * (2 * self.tp + self.fp + self.fn)


def _f1(chosen: Sequence[_Choice]) -> float:
    """F1 of all videos together; 0 where nothing is annotated."""
    tp, fp, fn = (sum(getattr(c, name) for c in chosen) for name in ("tp", "fp", "fn"))
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0
