"""Which parts of a face are measured, as data.

A region is a box around some landmarks in which flow is computed; a ROI is the area inside such a
flow field whose strongest vectors are averaged into one pair of channels (x, y), in pixels of the
face crop. ME-TST's are here (section III-B and the authors' released code), those of its successors
in `plus`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

from metst.base.errors import ConfigError
from metst.features.roi_flow.boxes import Box
from metst.features.roi_flow.regions import Around, Margins, Region, Sliced, UnderEye
from metst.video.face import Landmarks


@dataclass(frozen=True)
class Roi:
    """One measured area: the mean of its strongest flow vectors.

    Attributes:
        share: part of the vectors, the longest ones, that are averaged.
    """

    name: str
    region: Region
    inner: Margins | Around
    share: float

    def area(self, inside: Box, landmarks: Landmarks) -> Box:
        """Where it is in the flow field of its region, whose part in the crop is `inside`."""
        area = self.inner.area(self.region.box(landmarks), inside, landmarks)
        return area.clip(inside.height, inside.width)


@dataclass(frozen=True)
class RoiSet:
    """Channels of a flow window: x and y of each ROI, in order, head motion subtracted.

    Attributes:
        reference: what moves with the head and not with an expression.
        by_share: what `metst.features.roi_flow.top_mean` divides by; `polar` likewise.
        against_head: whether a ROI without a pixel is at rest in the frame, and so moves against
            the head; else it does not move.
        own_face: whether the face of a window is the first one seen in it, before which nothing
            moves; else it may be one outside, if its first frame shows none (`crop.FaceFinder`).
    """

    rois: tuple[Roi, ...]
    reference: Roi
    by_share: ClassVar[bool] = False
    polar: ClassVar[bool] = False
    against_head: ClassVar[bool] = False
    own_face: ClassVar[bool] = False

    @property
    def channels(self) -> int:
        """Number of channels C."""
        return 2 * len(self.rois)


@dataclass(frozen=True)
class PlusRoiSet(RoiSet):
    """A set with the rules that ME-TST's successors changed.

    Attributes:
        rules: whose they are.
    """

    rules: str = "me_tst_plus"
    polar: ClassVar[bool] = True
    against_head: ClassVar[bool] = True
    own_face: ClassVar[bool] = True


_LEFT_BROW = Region(17, 21, top=15, bottom=5, left=5, right=0)
_RIGHT_BROW = Region(22, 26, top=15, bottom=5, left=0, right=0)
_MOUTH = Region(48, 66, top=15, bottom=10, left=20, right=20)
_NOSE = Region(30, 35, top=20, bottom=5, left=30, right=30)
_NOSE_BRIDGE = Region(29, 30, top=13, bottom=13, left=13, right=13)

ME_TST_ROIS = RoiSet(
    rois=(
        Roi("left brow", _LEFT_BROW, Margins(10, 10, 10, 10, low_bottom=4), share=0.3),
        Roi("right brow", _RIGHT_BROW, Margins(10, 10, 10, 10), share=0.3),
        Roi("mouth", _MOUTH, Margins(10, 10, 10, 10), share=0.3),
        Roi("left nose side", _NOSE, Around(31, up=20, down=5, left=20, right=10), share=0.2),
        Roi("right nose side", _NOSE, Around(35, up=20, down=5, left=10, right=20), share=0.2),
    ),
    reference=Roi("nose bridge", _NOSE_BRIDGE, Margins(15, 10, 5, 5), share=0.7),
)
"""The five ROIs of ME-TST and its reference."""

ROI_SETS: Mapping[str, str] = {
    "me_tst": "metst.features.roi_flow.rois.ME_TST_ROIS",
    "me_tst_plus": "metst.features.roi_flow.plus.ME_TST_PLUS_ROIS",
}
"""Import paths of the known sets, by name."""


def roi_set(name: str) -> RoiSet:
    """A set by its name, or by its import path `package.module.NAME`.

    Raises:
        ConfigError: there is no such set.
    """
    module, _, attribute = ROI_SETS.get(name, name).rpartition(".")
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise _unknown(name, str(error)) from error
    if not isinstance(found, RoiSet):
        raise _unknown(name, f"it is a {type(found).__name__}")
    return found


def roi_set_of(values: Mapping[str, Any]) -> RoiSet:
    """The set whose `dataclasses.asdict` gave these plain values, such as JSON holds them.

    Raises:
        KeyError, TypeError: they are none of a set.
    """
    kind, around = (PlusRoiSet, Sliced) if "rules" in values else (RoiSet, Around)
    parts = {
        "rois": tuple(_roi(roi, around) for roi in values["rois"]),
        "reference": _roi(values["reference"], around),
    }
    return kind(**{**values, **parts})


def _roi(values: Mapping[str, Any], around: type[Around]) -> Roi:
    region = UnderEye if "upper" in values["region"] else Region
    inner = around if "landmark" in values["inner"] else Margins
    parts = {"region": region(**values["region"]), "inner": inner(**values["inner"])}
    return Roi(**{**values, **parts})


def _unknown(name: str, reason: str) -> ConfigError:
    return ConfigError(
        f"rois: expected {' or '.join(ROI_SETS)}, or the import path of a RoiSet, such as "
        f"package.module.NAME, got {name!r} ({reason})"
    )
