"""OF-FD as a system, and its samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import torch

from metst.datasets.labels.records import Kind, Recording
from metst.features.of_fd import CONSTANTS, FACTORS, OFFDSegments
from metst.features.of_fd.constants import RATE, Name
from metst.features.store import Arrays
from metst.intervals.decoder import DECODERS
from metst.intervals.fitting import Constants
from metst.samples import Stored, expect
from metst.systems.training_free import Drawn, Found, RuleDecoder, TrainingFree
from metst.video.detectors import DEFAULT
from metst.video.face import LandmarkDetector

LONGEST = (0.5, 0.4, 0.6, 0.7, 0.8, 1.0)
"""Seconds from onset to offset of a micro-expression, at most; the published value first."""


class OFFDSamples(Stored):
    """Intervals of OF-FD with multiples of its published constants.

    Args:
        constants: see `metst.features.of_fd.OFFDSegments`.
        detector: finds the faces: `mesh` (default), `dlib`, as published, or the class path of
            another one.
    """

    def __init__(
        self, constants: Name = "samm", detector: LandmarkDetector | str | None = DEFAULT
    ) -> None:
        self.constants: Name = constants
        self.feature = OFFDSegments(constants, detector)


@dataclass(frozen=True)
class OFFDDecoder(RuleDecoder):
    """Longer intervals are macro-expressions, others micro-expressions.

    Constants: `factor`, multiple of the published heights, and `longest`, seconds of the latter.

    Attributes:
        height: the published one of the curves, in crop pixels.
    """

    height: float

    def grid(self) -> Sequence[Constants]:
        """Every factor with every length."""
        pairs = product(FACTORS, LONGEST)
        return [{"factor": factor, "longest": longest} for factor, longest in pairs]

    def find(self, arrays: Arrays, recording: Recording, constants: Constants) -> list[Found]:
        """Intervals of a recording; the apex is where the curve is highest."""
        number = FACTORS.index(constants["factor"])
        longest = constants["longest"] * (recording.timebase.sampled_fps or RATE)
        found = []
        for of, onset, offset in arrays["spans"].tolist():
            if of == number and (offset - onset <= longest) == (self.kind == "micro"):
                inside = arrays["height"][onset : offset + 1]
                found.append(Found(onset, onset + int(inside.argmax()), offset, inside.max()))
        return found

    def drawn(self, arrays: Arrays, recording: Recording, constants: Constants) -> Drawn:  # noqa: ARG002
        """The highest of the regions' curves."""
        return Drawn(torch.from_numpy(arrays["height"]), constants["factor"] * self.height)


KINDS: tuple[Kind, ...] = ("micro", "macro")


class OFFD(TrainingFree):
    """Optical flow of facial regions and decomposition of its curves (2021; Apache-2.0).

    Published, micro-expressions: CAS(ME)^2 F1 .1965, SAMM-LV .2162; CAS(ME)^3 .0000 by others. The
    constants are those of the authors' code of 2024, and were tuned on all subjects. `authors`
    takes them; `strict` multiplies all heights by one factor, and chooses it and the length up to
    which an expression counts as micro on the training subjects of the fold. In which segments a
    video is measured follows from the published heights in both.

    Different from the code: CAS(ME)^2's heights are scaled to crops of 320 pixels; no red frame is
    drawn along the face box of a segment's first frame before its landmarks are sought, which moved
    them by up to 9 pixels and curves by up to 1.6; a segment whose first frame shows no face begins
    to move with the first one that does; what would lie outside the frame is cut off.
    """

    reads = OFFDSamples

    def decoders(self, samples: Stored) -> Sequence[RuleDecoder]:
        """Both kinds."""
        height = CONSTANTS[expect(samples, OFFDSamples).constants].height
        return [OFFDDecoder(name, kind, height) for name in DECODERS for kind in KINDS]
