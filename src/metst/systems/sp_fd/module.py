"""SP-FD as a system, and its samples."""

from collections.abc import Sequence

from metst.features.sp_fd import RegionMotions
from metst.intervals.decoder import DECODERS
from metst.samples import Stored
from metst.systems.sp_fd.decoder import Quirks, SPFDDecoder
from metst.systems.training_free import RuleDecoder, TrainingFree
from metst.video.detectors import DEFAULT
from metst.video.face import LandmarkDetector


class SPFDSamples(Stored):
    """Motion of small regions from each frame to the next.

    Args:
        detector: finds the face: `mesh` (default), `dlib`, as published, or the class path of
            another one.
    """

    def __init__(self, detector: LandmarkDetector | str | None = DEFAULT) -> None:
        self.feature = RegionMotions(detector)


class SPFD(TrainingFree):
    """Spatio-temporal fusion's region motion with one smoothing window (2020; no licence).

    Published, micro-expressions: CAS(ME)^2 F1 .0547, SAMM-LV .1331; CAS(ME)^3 .0103 by others.

    Different from the code: it smooths each video over a window of its own, from a list that is not
    released; here one window serves all, the middle one for `authors`, one chosen on the training
    subjects of the fold for `strict`. Its macro-expressions and fusion are not released either, nor
    which flow it reads: TV-L1, as in code derived from it. The face's box is made from its
    landmarks, instead of a Haar cascade. Videos of less than 300 frames are whole (theirs stopped).

    Args:
        quirks: of the released code, for `authors`.
    """

    reads = SPFDSamples

    def __init__(self, quirks: Quirks = Quirks()) -> None:  # noqa: B008 - frozen
        super().__init__()
        self.quirks = quirks

    def decoders(self, samples: Stored) -> Sequence[RuleDecoder]:  # noqa: ARG002
        """Of micro-expressions."""
        having = {"authors": self.quirks, "strict": Quirks.none()}
        return [SPFDDecoder(name, "micro", having[name]) for name in DECODERS]
