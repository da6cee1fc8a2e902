"""SOFTNet's intervals: peaks of the smoothed score, of micro- or of macro-expressions.

Published: p 0.55; k, half the mean length of the kind, over all subjects. A video of up to 2 k
samples, where the published code stops with an error, has no interval.
"""

from metst.datasets.labels.records import Kind
from metst.intervals.decoder import is_strict
from metst.intervals.peaks import PEAK
from metst.intervals.sampled import Quirks, SamplePeaks, sample_peaks
from metst.intervals.spotting import smooth_inside


def get_decoder(
    name: str,
    kind: Kind = "micro",
    quirks: Quirks = Quirks(),  # noqa: B008
    peak: float = PEAK,
) -> SamplePeaks:
    """Decoder by name; it names no emotion.

    Args:
        name: `authors`, or `strict` without any quirk.
        kind: `micro` or `macro`.
        quirks: of `authors`. Its even box is not extended beyond the ends of the video, so nothing
            is found in the first and last k samples.
        peak: p of the peak threshold, 0.55 as published.

    Raises:
        ConfigError: the name is not known.
    """
    quirks = Quirks.none() if is_strict(name) else quirks
    return sample_peaks(name, quirks, smooth_inside, kind=kind, peak=peak)
