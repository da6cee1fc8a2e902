"""MDMD as a system, and its samples."""

from collections.abc import Sequence

from metst.features.mdmd import MainDirections
from metst.intervals.decoder import DECODERS
from metst.samples import Stored, expect
from metst.systems.mdmd.decoder import MDMDDecoder, Quirks
from metst.systems.training_free import RuleDecoder, TrainingFree
from metst.video.detectors import DEFAULT
from metst.video.face import LandmarkDetector


class MDMDSamples(Stored):
    """The main directional maximal difference of each frame.

    Args:
        macro: see `metst.features.mdmd.MainDirections`.
        detector: finds the face: `mesh` (default), `dlib`, as published, or the class path of
            another one.
    """

    def __init__(
        self, macro: bool = True, detector: LandmarkDetector | str | None = DEFAULT
    ) -> None:
        self.feature = MainDirections(macro, detector)
        self.kinds = self.feature.kinds


class MDMD(TrainingFree):
    """Main directional maximal difference (2020; no licence).

    Published, micro-expressions: CAS(ME)^2 F1 .0082 (21 of 57 found by 5,035 intervals), SAMM-LV
    .0364 (29 of 159 by 1,436). p of the threshold was published as 0.01, the value with most hits;
    `strict` chooses it on the training subjects of the fold.

    Different from the code: another build of RLOF (OpenCV's); a block in which less than two pixels
    move counts 0 (theirs gave up the video); steps that are halved in a short video are whole again
    in the next.

    Args:
        quirks: of the released code, for `authors`.
    """

    reads = MDMDSamples

    def __init__(self, quirks: Quirks = Quirks()) -> None:  # noqa: B008 - frozen
        super().__init__()
        self.quirks = quirks

    def decoders(self, samples: Stored) -> Sequence[RuleDecoder]:
        """Both kinds, or what was measured."""
        kinds = expect(samples, MDMDSamples).kinds
        having = {"authors": self.quirks, "strict": Quirks.none()}
        return [MDMDDecoder(name, kind, having[name]) for name in DECODERS for kind in kinds]
