"""I3D features as the sequences that LSSNet and LGSNet read.

Shapes: N vectors of a video, one per two frames, C of their channels; T vectors of a window.
"""

from pathlib import Path

import torch
from torch import Tensor

from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import Rule
from metst.features.i3d import CHANNELS, I3D
from metst.features.source import Source
from metst.samples.fold import Fold
from metst.samples.sequences import Sequences


class I3DSequences(Sequences):
    """Vectors of the chunks that begin in a window; beyond the last one, it is repeated.

    Args:
        rgb: file of the weights for colour, which you bring, see `metst.features.i3d.I3D`.
        rgb_sha256: its SHA-256.
        flow: file of the weights for flow.
        flow_sha256: its SHA-256.
        ratio: see `Sequences`.
        labels: see `Sequences`.
        shuffle_labels: see `Sequences`.
    """

    def __init__(
        self,
        rgb: Path | str,
        rgb_sha256: str,
        flow: Path | str,
        flow_sha256: str,
        ratio: float = 3.0,
        labels: Rule = "strict",
        shuffle_labels: bool = False,
    ) -> None:
        super().__init__(ratio, labels, shuffle_labels)
        self.feature = I3D(rgb, rgb_sha256, flow, flow_sha256)

    def memory(self, fold: Fold, source: Source) -> int:  # noqa: ARG002
        """Of the vectors of all recordings: one per two frames, two bytes per channel."""
        return CHANNELS * sum(r.frames for r in fold.recordings)

    @property
    def channels(self) -> int:
        """Those of colour, then of flow."""
        return CHANNELS

    def vectors(self, recording: Recording) -> Tensor:
        """(C, N) float16; one vector of zeros of a video that is too short for any."""
        vectors = torch.from_numpy(self.source.read(recording).arrays["vectors"])
        return vectors.T if len(vectors) else torch.zeros(CHANNELS, 1, dtype=torch.float16)

    def cut(self, vectors: Tensor, start: int) -> Tensor:
        """(C, T) float32."""
        places = torch.arange(start // 2, (start + self.plan.window) // 2)
        return vectors[:, places.clamp(max=vectors.shape[1] - 1)].float()
