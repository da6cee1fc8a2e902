"""How many micro-expressions an interval of fixed length can find at all."""

from collections.abc import Sequence
from dataclasses import dataclass

from metst.base.errors import MetstError
from metst.datasets.labels.authors import half_length
from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import samples

LEAST_IOU = 0.5
"""Intersection over union from which an interval finds a micro-expression (ME-TST, MEGC)."""


@dataclass(frozen=True)
class Ceiling:
    """What the best-placed intervals of 2 k_p + 1 frames reach.

    Attributes:
        half_length: k_p, in sub-sampled frames.
        reachable: micro-expressions with an IoU of at least `LEAST_IOU`.
        samples: micro-expressions usable by the strict rules.
    """

    half_length: int
    reachable: int
    samples: int

    @property
    def frames(self) -> int:
        """Sub-sampled frames of an interval."""
        return 2 * self.half_length + 1

    @property
    def share(self) -> float:
        """Reachable ones among all: the highest recall of intervals that all have this length."""
        return self.reachable / self.samples

    def __str__(self) -> str:
        return (
            f"ceiling: intervals of {self.frames} frames (2 k_p + 1, k_p {self.half_length}) can "
            f"reach IoU {LEAST_IOU} for {self.reachable} of {self.samples} micro-expressions "
            f"({self.share:.0%})"
        )

    def to_json(self) -> dict[str, float]:
        """Plain types for JSON."""
        return {
            "half_length": self.half_length,
            "frames": self.frames,
            "reachable": self.reachable,
            "samples": self.samples,
            "share": self.share,
        }


def ceiling(recordings: Sequence[Recording], k_p: int | None = None) -> Ceiling | None:
    """The ceiling of all spotting with intervals of one length; None without a sample.

    Two intervals of m and n frames overlap most where the shorter lies in the longer: their IoU is
    then min(m, n) / max(m, n).

    Args:
        recordings: of a whole data set.
        k_p: half the length of an interval; by the authors' rule over all recordings.
    """
    if k_p is None:
        try:
            k_p = half_length(recordings)
        except MetstError:
            return None
    frames = 2 * k_p + 1
    spans = [sample for recording in recordings for sample in samples(recording, "strict")]
    lengths = [s.offset - s.onset + 1 for s in spans]
    reachable = sum(min(n, frames) >= LEAST_IOU * max(n, frames) for n in lengths)
    return Ceiling(k_p, reachable, len(lengths)) if lengths else None
