"""Which region of a set lies on the other side of the face."""

from metst.base.errors import ConfigError
from metst.features.roi_flow.regions import Around
from metst.features.roi_flow.rois import Roi, RoiSet

_SUMS = (
    *((range(17), 16), (range(17, 27), 43), (range(31, 36), 66)),  # jaw, brows, nostrils
    *((range(36, 40), 81), (range(42, 46), 81)),  # upper eyelids with their corners
    *((range(40, 42), 87), (range(46, 48), 87)),  # lower eyelids
    *((range(48, 55), 102), (range(55, 60), 114)),  # outer lips
    *((range(60, 65), 124), (range(65, 68), 132)),  # inner lips
)
"""Landmarks of iBUG 300-W, and the sum of the numbers of two that mirror each other."""

_OTHER = {i: total - i for places, total in _SUMS for i in places} | {i: i for i in range(27, 31)}

_ALIKE = 0.5
"""Least share of common landmarks among all of two regions that mirror each other."""


def mirrored(rois: RoiSet) -> list[int]:
    """Number of the region on the other side, for each region; one on both sides has its own.

    They are matched by their landmarks: sizes of boxes and shares of vectors may differ, as they do
    in the released sets.

    Raises:
        ConfigError: a region has none.
    """
    points = [_landmarks(roi) for roi in rois.rois]
    others = [_best({_OTHER[i] for i in each}, points) for each in points]
    for roi, number, other in zip(rois.rois, range(len(others)), others, strict=True):
        if other is None or others[other] != number:
            msg = (
                "data.samples.rois: expected regions that a mirrored face has, too; "
                f"{roi.name!r} has no other side"
            )
            raise ConfigError(msg)
    return [other for other in others if other is not None]


def _best(wanted: set[int], points: list[set[int]]) -> int | None:
    """The region with the most of these landmarks; None where none has enough."""
    alike = [len(wanted & each) / len(wanted | each) for each in points]
    most = max(alike)
    return alike.index(most) if most >= _ALIKE else None


def _landmarks(roi: Roi) -> set[int]:
    """Those that an area lies around."""
    if isinstance(roi.inner, Around):
        return {roi.inner.landmark}
    return set(range(roi.region.first, roi.region.last + 1))
