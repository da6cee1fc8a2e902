"""ME-TST's network with other inputs and outputs: 7 random regions by DIS flow, 7 classes."""

import numpy as np

from metst.features.roi_flow import ME_TST_ROIS, Margins, Region, Roi, RoiSet


def _random(count: int, seed: int) -> RoiSet:
    """Regions around random runs of landmarks."""
    generator = np.random.default_rng(seed)
    rois = []
    for number in range(count):
        first = int(generator.integers(0, 60))
        top, bottom, left, right = (int(n) for n in generator.integers(7, 13, 4))
        region = Region(first, first + 6, top, bottom, left, right)
        share = float(generator.choice([0.2, 0.3]))
        rois.append(Roi(f"region {number + 1}", region, Margins(2, 2, 2, 2), share))
    return RoiSet(tuple(rois), ME_TST_ROIS.reference)


SEVEN = _random(7, seed=7)
