"""How ROI flow is measured: what computes the flow of a region, how a crop follows the head."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from metst.base.settings import require

Flow = Literal["farneback", "dis"]
"""`dis` is OpenCV's DIS flow, preset MEDIUM."""

Alignment = Literal["pixel", "subpixel"]
"""`pixel` moves the crop by whole pixels of the frame, as many as the head moved in pixels of the
crop, where that is more than one (authors' released code); `subpixel` as far as the head moved."""


@dataclass(frozen=True)
class Method:
    """The released one by default.

    Attributes:
        flow: what computes the flow of a region.
        alignment: how a crop follows the head.
        smooth: frames before and after a window's first one that its landmarks are smoothed over
            (`metst.features.roi_flow.smoothing`).
    """

    flow: Flow = "farneback"
    alignment: Alignment = "pixel"
    smooth: int = 0

    def __post_init__(self) -> None:
        for name, known in (("flow", Flow), ("alignment", Alignment)):
            value, names = getattr(self, name), get_args(known)
            require(f"data.samples.{name}", value, value in names, " or ".join(names))
        require("data.samples.smooth", self.smooth, self.smooth >= 0, "0 or more frames")

    @property
    def changes(self) -> dict[str, str | int]:
        """What differs from the released one, by name."""
        released = asdict(RELEASED)
        return {name: value for name, value in asdict(self).items() if value != released[name]}


def method_of(samples: Mapping[str, Any]) -> Method:
    """The method that the arguments of `FlowWindows` ask for.

    Raises:
        ConfigError: there is no such method.
    """
    given = {field.name: samples.get(field.name) for field in fields(Method)}
    return Method(**{name: value for name, value in given.items() if value is not None})


RELEASED = Method()
"""The authors' released code."""
