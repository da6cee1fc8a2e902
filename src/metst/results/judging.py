"""How a run was judged, from its configuration."""

from collections.abc import Mapping
from typing import Any

PEAK, IOU = 0.55, 0.5
"""Defaults of a judging callback, see `metst.scoring.protocols.get_protocol`."""


def judging(config: Mapping[str, Any]) -> tuple[float, float]:
    """Peak threshold and least overlap of a find, as set for the judging callback."""
    options = [c.get("init_args") or {} for c in config.get("callbacks") or ()]
    judges = [o for o in options if "peak" in o or "iou" in o]
    judge = judges[0] if judges else {}
    return judge.get("peak", PEAK), judge.get("iou", IOU)
