"""Which implementation computes the flow.

`numba` follows one face on one core (`curve`); `torch` follows several at once (`batch`) on a GPU,
or on the CPU, where it is slower, and knows Farneback's flow and plain means only. They agree to
rounding, so features of either serve the same experiment and lie in the same cache.
"""

import logging
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

from metst.features.roi_flow.method import RELEASED, Method
from metst.features.roi_flow.rois import RoiSet
from metst.features.roi_flow.track import Features, Track

_log = logging.getLogger(__name__)

Engine = Literal["auto", "numba", "torch"]
"""`auto` takes torch where there is a CUDA device, and logs it."""


def measure(
    tracks: Iterable[Track], rois: RoiSet, engine: Engine, method: Method = RELEASED
) -> Iterator[tuple[Track, Features]]:
    """Each track with its motion (C, k), in crop pixels, in order."""
    special = method.flow != "farneback" or rois.by_share
    if special or engine == "numba" or (engine == "auto" and not gpu()):
        from metst.features.roi_flow import curve  # with numba: only who measures needs it

        return curve.curves(tracks, rois, method)
    from metst.features.roi_flow import batch

    return batch.curves(tracks, rois, method.alignment, "cuda" if gpu() else "cpu")


@cache
def gpu() -> str | None:
    """Name of the GPU that is used, None without one; logged once per process."""
    import torch

    if not torch.cuda.is_available():
        return None
    name = torch.cuda.get_device_name()
    _log.info("ROI flow is computed on the GPU (%s); CUDA_VISIBLE_DEVICES= takes the CPU", name)
    return name
