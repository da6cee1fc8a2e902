"""Peaks whose intervals have their own length, one of several for one expression: BoostingVRME."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from statistics import median_high
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

from metst.base.settings import require
from metst.datasets.labels.records import Recording
from metst.intervals import decoder
from metst.intervals.decoder import Decoder, is_strict
from metst.intervals.peaks import PEAK
from metst.intervals.selection import REACH, RULES, Ends, suppress
from metst.intervals.spans import half_length_all, half_length_training
from metst.intervals.spotting import Candidates, Smoothed, candidates, smooth_authors
from metst.intervals.stitching import Curves

Rule = Literal["raw", "smooth", "fixed"]
"""How an interval is selected, see `metst.intervals.selection`."""


@dataclass(frozen=True)
class Quirks(decoder.Quirks):
    """What `strict` does otherwise than BoostingVRME's released code; each can be turned off.

    Attributes:
        earliest: of several intervals for one expression the earliest stays; else the one whose
            peak is highest.
    """

    earliest: bool = True


@dataclass(frozen=True, kw_only=True)
class ExtensiblePeaks(Decoder):
    """Peaks with selected intervals; the apex is what the selection gives.

    Attributes:
        rule: name of the selection; with `raw`, several intervals of one expression become one.
        earliest: which of them stays, see `Quirks`.
    """

    rule: Rule = "raw"
    earliest: bool = True
    reach: ClassVar[int] = REACH

    def search(
        self, curves: Curves, smoothed: Smoothed, recordings: Sequence[Recording], k_p: int
    ) -> tuple[Candidates, Tensor, Tensor]:
        """See `PeakDecoder.search`."""
        peaks = candidates(smoothed, self.peak, k_p)
        scores, smooth = curves.score.cpu().numpy(), smoothed.values.cpu().numpy()
        lengths, video = curves.lengths.tolist(), peaks.video.tolist()
        select = RULES[self.rule]
        ends = [
            select(scores[v, : lengths[v]], smooth[v, : lengths[v]], peak, k_p)
            for v, peak in zip(video, peaks.peak.tolist(), strict=True)
        ]
        kept = self._kept(video, ends, peaks.score.tolist(), k_p)
        columns = torch.tensor([ends[i] for i in kept], dtype=torch.int64).reshape(-1, 3)
        onset, offset, apex = columns.to(peaks.peak.device).unbind(1)
        chosen = torch.tensor(kept, dtype=torch.int64).to(peaks.peak.device)
        found = Candidates(peaks.video[chosen], apex, peaks.score[chosen])
        last = torch.tensor([r.frames - 1 for r in recordings]).to(found.video)[found.video]
        return found, *self.limit(onset, offset, last)

    def _kept(self, video: list[int], ends: list[Ends], height: list[float], k_p: int) -> list[int]:
        """Numbers of the intervals that stay."""
        if self.rule != "raw":
            return list(range(len(ends)))
        kept = []
        for _, numbers in groupby(range(len(ends)), video.__getitem__):
            own = list(numbers)
            order = None if self.earliest else np.argsort([-height[i] for i in own], stable=True)
            kept += [own[i] for i in suppress([ends[i] for i in own], k_p, order)]
        return kept


def get_decoder(
    name: str,
    *,
    k: int,
    batch_size: int = 1,
    peak: float = PEAK,
    quirks: Quirks = Quirks(),
    rule: Rule = "raw",
) -> ExtensiblePeaks:
    """Decoder by name; k_p is half of the upper median length.

    Args:
        name: `authors`, or `strict` without any quirk.
        k: frames per window.
        batch_size: windows per test batch; only the released stitching depends on it.
        peak: p of the peak threshold: 0.55 in the released code, 0.65 with the rule `smooth`.
        quirks: of `authors`.
        rule: how intervals are selected.

    Raises:
        ConfigError: name or rule are not known, or k or batch_size cannot be used.
    """
    require("rule", rule, rule in RULES, f"one of {', '.join(RULES)}")
    has = Quirks.none() if is_strict(name) else quirks
    base = decoder.get_decoder(name, k=k, batch_size=batch_size, peak=peak, quirks=quirks)
    length = half_length_all if has.all_subjects else half_length_training
    parts = {field: getattr(base, field) for field in ("name", "stitch", "limit")}
    return ExtensiblePeaks(
        **parts,
        smooth=smooth_within if has.even_box else base.smooth,
        voting=replace(base.voting, neutral_at_zero=True),
        k_p_of=partial(length, middle=median_high),
        peak=peak,
        rule=rule,
        earliest=has.earliest,
    )


def smooth_within(score: Tensor, lengths: Tensor, k_p: int) -> Smoothed:
    """`smooth_authors`, but also a video shorter than the box keeps its frames.

    There the released code looks for an interval behind the end, and stops with an IndexError.
    """
    missing = max(0, 2 * k_p - score.shape[1])
    smoothed = smooth_authors(pad(score, (0, missing)), lengths.clamp(min=2 * k_p), k_p)
    return Smoothed(smoothed.values[:, : score.shape[1]], lengths)
