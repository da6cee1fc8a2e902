"""MEAN's intervals: peaks of the smoothed score, named by the samples before the peak.

Published: p 0.55, chosen on the data that it was reported on; k' over all subjects.
"""

from dataclasses import dataclass

from torch import Tensor

from metst.intervals import sampled
from metst.intervals.decoder import is_strict
from metst.intervals.peaks import PEAK
from metst.intervals.sampled import SamplePeaks, sample_peaks
from metst.intervals.spotting import smooth_authors
from metst.intervals.synergy import Voting, label_first_seen, label_most_probable, span_inclusive


@dataclass(frozen=True)
class Quirks(sampled.Quirks):
    """What `strict` does otherwise.

    Attributes:
        first_seen: of emotions that are equally frequent the first wins; else the more probable.
    """

    first_seen: bool = True


def get_decoder(name: str, quirks: Quirks = Quirks(), peak: float = PEAK) -> SamplePeaks:
    """Decoder by name.

    Args:
        name: `authors`, or `strict` without any quirk.
        quirks: of `authors`.
        peak: p of the peak threshold, 0.55 as published.

    Raises:
        ConfigError: the name is not known.
    """
    quirks = Quirks.none() if is_strict(name) else quirks
    vote = label_first_seen if quirks.first_seen else label_most_probable
    voting = Voting(span_inclusive, vote, _before_peak, ("spotting_first",))
    return sample_peaks(name, quirks, smooth_authors, voting, peak=peak)


def _before_peak(peak: Tensor, _offset: Tensor) -> Tensor:
    """The sample before the peak; frame 0 of a peak there."""
    return (peak - 1).clamp(min=0)
