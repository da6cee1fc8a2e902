"""SFAMNet's intervals: from each peak of the smoothed score to where it has fallen furthest.

Every constant of `PUBLISHED` was tuned on the data that it was reported on. All are in samples,
one per two frames. Shapes: V videos, P samples of the longest, N peaks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np
import torch
from torch import Tensor

from metst.datasets.labels.records import Kind, Recording
from metst.intervals.decoder import is_strict
from metst.intervals.extensible import Extended, extend
from metst.intervals.fitting import Constants, annotated, best_constants, finds
from metst.intervals.proposals import FrameCurves, Proposals
from metst.intervals.sampled import Switches, facts
from metst.intervals.spans import training_spans
from metst.intervals.spotting import (
    Smoothed,
    peak_threshold,
    peaks_above,
    smooth_authors,
    smooth_centered,
)
from metst.intervals.stitching import Curves
from metst.intervals.synergy import Voting, label_first_seen, label_most_probable, span_inclusive
from metst.systems.sfamnet.targets import EVERY

NO_LIMIT = 2.0
"""Scores are at most 1."""

PUBLISHED: dict[Kind, dict[str, float]] = {
    "micro": {
        "box": 14,
        "distance": 11,
        "before": 7,
        "after": 16,
        "shortest": 7,
        "longest": 16,
        "widen": 0,
        "height": 0.576,
        "mean": 0.725,
        "drop": 0.017,
        "video_mean": 0.41,
    },
    "macro": {
        "box": 20,
        "distance": 25,
        "before": 25,
        "after": 25,
        "shortest": 12,
        "longest": 45,
        "widen": 8,
        "height": 0.576,
        "mean": NO_LIMIT,
        "drop": 0.0,
        "video_mean": 0.41,
    },
}
"""By kind. `box`: samples that the score is averaged over. `distance`: between peaks. `height`: of
a peak, at least. `video_mean`: a video whose mean score reaches it has no interval. The others: see
`metst.intervals.extensible`."""

GRID = {
    "height": [step / 10 for step in range(1, 10)],
    "mean": [0.5, 0.6, 0.7, 0.8, 0.9, NO_LIMIT],
    "drop": [0.0, 0.05, 0.1],
    "video_mean": [0.2, 0.3, 0.4, 0.5, 0.6, NO_LIMIT],
}
"""Values of each threshold that are tried beside the published one."""

SHARES = 0.05, 0.95
"""Shares of the annotated lengths below `shortest` and `longest`; our choice."""


@dataclass(frozen=True)
class Quirks(Switches):
    """What `strict` does otherwise than SFAMNet as published; each can be turned off.

    Attributes:
        even_box: the score is averaged over an even box, one more sample before than behind, and
            no peak is sought where the box reaches beyond the video; else over a centered one.
        early: a micro-expression's peak is taken one sample ahead of the highest.
        video_limit: a video with a mean score of 0.41 or more has no interval.
        first_seen: of emotions that are equally frequent the first wins; else the more probable.
        fixed_lengths: box, distances and lengths as published; else from the training subjects.
    """

    even_box: bool = True
    early: bool = True
    video_limit: bool = True
    first_seen: bool = True
    fixed_lengths: bool = True


@dataclass(frozen=True)
class ExtensibleDecoder:
    """Intervals of their own lengths around peaks: a `metst.intervals.sampled.SampleDecoder`.

    Attributes:
        name: `authors` or `strict`.
        kind: `micro` or `macro`; pictures are drawn of the former.
        quirks: that it has.
    """

    name: str
    kind: Kind
    quirks: Quirks

    def fit(self, recordings: Sequence[Recording], subject: str) -> Constants:
        """Constants as published, or lengths of the training subjects where these show any."""
        c = dict(PUBLISHED[self.kind])
        if not self.quirks.video_limit:
            c["video_mean"] = NO_LIMIT
        lengths = [off - on for on, off in training_spans(recordings, subject, self.kind)]
        if self.quirks.fixed_lengths or not lengths:
            return c
        low, high = (np.quantile(lengths, SHARES) / EVERY).tolist()
        shortest, longest = max(1, int(low)), int(high) + 1
        reach = max(1, (shortest + longest) // 2)
        c |= {"shortest": shortest, "longest": longest, "box": 2 * shortest}
        c |= dict.fromkeys(("distance", "before", "after"), reach)
        c["widen"] = 2 * shortest // 3 if c["widen"] else 0  # as 8 is to 12
        return c

    def fit_thresholds(
        self, curves: Curves, recordings: Sequence[Recording], constants: Constants
    ) -> Constants:
        """The best combination of `GRID`; of macro-expressions, `height` and `video_mean` alone."""
        truth, level = annotated(recordings, self.kind), self._level(curves)

        @cache
        def at(height: float) -> tuple[Extended, Tensor, Tensor]:
            found = self._search(curves, {**constants, "height": height})
            hit = finds(found.video, EVERY * found.start, EVERY * found.end, truth)
            return found, level[found.video], hit

        def hits(c: Constants) -> Tensor:
            found, of_video, hit = at(c["height"])
            return hit[found.fits(c) & (of_video < c["video_mean"])]

        names = [*GRID] if self.kind == "micro" else ["height", "video_mean"]
        combinations = product(*([constants[name], *GRID[name]] for name in names))
        grid = ({**constants, **dict(zip(names, each, strict=True))} for each in combinations)
        return best_constants(grid, hits, truth)

    def propose(
        self, curves: Curves, recordings: Sequence[Recording], constants: Constants
    ) -> Proposals:
        """See `SampleDecoder.propose`; labeled by every strategy that looks at one interval."""
        found = self._search(curves, constants)
        quiet = self._level(curves)[found.video] < constants["video_mean"]
        found = found.take(found.fits(constants) & quiet)
        onset, peak, offset = (EVERY * x for x in (found.start, found.peak, found.end))
        proposals = Proposals(
            *(self.name, tuple(recordings), found.video, onset, peak, offset, found.score),
            labels={"none": torch.full_like(found.video, -1)},
            kind=self.kind,
            facts=facts(self.kind, constants),
            curves=self._drawn(curves, recordings, constants) if self.kind == "micro" else None,
        )
        return self.named(curves, proposals) if curves.logits.shape[-1] else proposals

    def named(self, curves: Curves, intervals: Proposals) -> Proposals:
        """See `SampleDecoder.named`."""
        vote = label_first_seen if self.quirks.first_seen else label_most_probable
        rising = Voting(span_inclusive, vote, last=lambda peak, _offset: peak)
        return rising.named(curves, intervals, EVERY)

    def _smooth(self, curves: Curves, box: float) -> Smoothed:
        smooth = smooth_authors if self.quirks.even_box else smooth_centered
        return smooth(curves.score, curves.lengths, int(box) // 2)

    def _level(self, curves: Curves) -> Tensor:
        """Mean score (V,) of each video, of both kinds from the box of micro-expressions."""
        return peak_threshold(self._smooth(curves, PUBLISHED["micro"]["box"]), 0.0)

    def _search(self, curves: Curves, c: Constants) -> Extended:
        """Everything around the peaks that are high enough."""
        smoothed = self._smooth(curves, c["box"])
        sought = smoothed.trimmed(int(c["box"]) // 2) if self.quirks.even_box else smoothed
        height = torch.full_like(smoothed.lengths, c["height"], dtype=torch.float64)
        peaks = peaks_above(sought, height, int(c["distance"]))
        early = int(self.quirks.early and self.kind == "micro")
        return extend(smoothed, replace(peaks, peak=(peaks.peak - early).clamp(min=0)), c)

    def _drawn(self, curves: Curves, recordings: Sequence[Recording], c: Constants) -> FrameCurves:
        """The curves with each sample at its frames."""
        smoothed = self._smooth(curves, c["box"]).aligned(curves.score.shape[1])
        height = torch.full_like(curves.lengths, c["height"], dtype=torch.float64)
        shares = curves.logits.softmax(-1) if curves.logits.shape[-1] else None
        drawn = FrameCurves(curves.score, smoothed, height, curves.lengths, shares)
        return drawn.repeated(EVERY, [r.frames for r in recordings])


def get_decoder(name: str, kind: Kind = "micro", quirks: Quirks = Quirks()) -> ExtensibleDecoder:
    """Decoder by name.

    Args:
        name: `authors`, or `strict` without any quirk.
        kind: `micro` or `macro`.
        quirks: of `authors`.

    Raises:
        ConfigError: the name is not known.
    """
    return ExtensibleDecoder(name, kind, Quirks.none() if is_strict(name) else quirks)
