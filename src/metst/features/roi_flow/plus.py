"""The eighteen ROIs of ME-TST's successors: ME-TST+ and BoostingVRME, as their code has them.

Beyond ME-TST's five they measure points of brows and mouth, and the skin below the eyes.
"""

from metst.features.roi_flow.regions import Margins, Region, Sliced, UnderEye
from metst.features.roi_flow.rois import ME_TST_ROIS, PlusRoiSet, Roi

_LEFT_BROW, _RIGHT_BROW, _MOUTH = ME_TST_ROIS.rois[:3]


def _around(name: str, whole: Roi, share: float, *landmarks: int) -> tuple[Roi, ...]:
    """Areas around landmarks in the region of a ROI, 10 pixels to every side."""
    inner = (Sliced(landmark, up=10, down=10, left=10, right=10) for landmark in landmarks)
    return tuple(Roi(f"{name} {at.landmark}", whole.region, at, share) for at in inner)


def _one(name: str, region: Region, at: Sliced) -> Roi:
    return Roi(f"{name} {at.landmark}", region, at, share=0.2)


def _below_eye(name: str, first: int) -> Roi:
    region = UnderEye(first, first + 5, top=0, bottom=0, left=0, right=0)
    return Roi(f"below {name} eye", region, Margins(5, 5, 5, 5), share=0.3)


def _nose(landmark: int, left: int, right: int) -> Roi:
    region = ME_TST_ROIS.rois[3].region
    return _one("nose", region, Sliced(landmark, up=20, down=5, left=left, right=right))


ME_TST_PLUS_ROIS = PlusRoiSet(
    rois=(
        *(_LEFT_BROW, *_around("left brow", _LEFT_BROW, 0.2, 20, 19, 18)),
        # Another share than on the left: so in the authors' code.
        *(_RIGHT_BROW, *_around("right brow", _RIGHT_BROW, 0.3, 23, 24, 25)),
        _MOUTH,
        _one("mouth", _MOUTH.region, Sliced(48, up=10, down=10, left=10, right=20)),
        _one("mouth", _MOUTH.region, Sliced(54, up=10, down=10, left=20, right=10)),
        *_around("mouth", _MOUTH, 0.2, 51, 57, 62),
        *(_nose(31, 20, 10), _nose(35, 10, 20)),
        *(_below_eye("left", 36), _below_eye("right", 42)),
    ),
    reference=ME_TST_ROIS.reference,
)
"""36 channels: both brows with three points each, the mouth with five, nose sides, below eyes."""
