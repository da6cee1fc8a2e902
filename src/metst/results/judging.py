"""How a run was judged, from its configuration."""

from collections.abc import Mapping
from typing import Any

from metst.intervals.decoder import PEAK


def judging(config: Mapping[str, Any]) -> tuple[float, float]:
    """Place of the peak threshold and least overlap of a find."""
    model = config["model"].get("init_args") or {}
    return model.get("peak", PEAK), config["evaluation"]["iou"]
