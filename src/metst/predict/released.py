"""An authors' checkpoint, which carries weights alone: the other facts are assumed, or given."""

import math
from dataclasses import dataclass
from pathlib import Path

from metst.base.errors import ConfigError
from metst.features.roi_flow import roi_set
from metst.predict.model import About, Model
from metst.scoring.pooling import PUBLISHED
from metst.systems.me_tst.released import load_network
from metst.systems.me_tst_plus.network import SlowFast

MOST_FPS = 1000.0
"""Greatest frame rate, in frames per second, that is taken for one."""


@dataclass(frozen=True)
class _Training:
    """What networks of a data set were trained on: frames per second, window, k_p.

    Attributes:
        median: k_p of BoostingVRME, from the median length.
    """

    name: str
    fps: float
    k: int
    k_p: int
    median: int


TRAININGS = {
    "casme3": _Training("CAS(ME)^3", 30.0, 50, 17, 11),
    "sammlv": _Training("SAMM-LV", 200 / 7, 30, 5, 6),
}
"""The authors' settings, and k_p by their rules over the public label tables."""

DEFAULT = "casme3"


@dataclass(frozen=True)
class Assumptions:
    """Facts about an authors' checkpoint, where they are not to be the default's.

    Attributes:
        data: data set that it was trained on, one of `TRAININGS`.
        k_p: half the mean ME length, in frames of `fps`.
        fps: frames per second that it was trained at.
    """

    data: str | None = None
    k_p: int | None = None
    fps: float | None = None

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return any(value is not None for value in (self.data, self.k_p, self.fps))

    def training(self, *, median: bool = False) -> _Training:
        """The facts, with the data set's own where nothing else is given.

        Args:
            median: whether k_p follows from the median length.

        Raises:
            ConfigError: an unknown data set, or a number that cannot be.
        """
        known = TRAININGS.get(self.data or DEFAULT)
        if known is None:
            msg = f"--assume: expected one of {', '.join(TRAININGS)}, got {self.data!r}"
            raise ConfigError(msg)
        own = known.median if median else known.k_p
        k_p = own if self.k_p is None else self.k_p
        fps = known.fps if self.fps is None else self.fps
        if not 1 <= k_p <= known.k // 2:
            most = f"{known.k // 2} (half a window)"
            msg = f"--k-p: expected half the mean ME length in frames, 1 to {most}, got {k_p}"
            raise ConfigError(msg)
        if not (math.isfinite(fps) and 0 < fps <= MOST_FPS):
            msg = f"--model-fps: expected frames/s above 0, at most {MOST_FPS:g}, got {fps}"
            raise ConfigError(msg)
        return _Training(known.name, fps, known.k, k_p, known.median)


def load_released(path: Path, assumptions: Assumptions) -> Model:
    """The network of an authors' checkpoint.

    Raises:
        ReleaseError: the file is none.
        ConfigError: the assumptions cannot be.
    """
    network = load_network(path)
    slow_fast = isinstance(network, SlowFast)
    own_length = slow_fast and network.config["pathways"] == "single"  # BoostingVRME
    training = assumptions.training(median=own_length)
    assumed = (
        f"trained on {training.name} at {training.fps:.4g} frames/s in windows of {training.k} "
        f"frames, k_p {training.k_p} (--assume, --model-fps and --k-p change it)"
    )
    about = About(
        *(path.name, training.fps, training.k, training.k_p),
        assumed=assumed,
        rois=roi_set("me_tst_plus" if slow_fast else "me_tst"),
        rule="raw" if own_length else None,
        synergy="recognition_first" if own_length else PUBLISHED,
    )
    return Model(about, (network,))
