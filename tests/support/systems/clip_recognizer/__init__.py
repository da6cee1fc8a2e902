"""A recognizer alone: one linear layer over the flow of an interval.

Shapes: N intervals or clips, B of them in a batch, C flow channels, E emotion classes.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import samples
from metst.intervals.proposals import Proposals
from metst.samples import FlowWindows, Samples, expect
from metst.samples.augmentations import Batch, Gain
from metst.samples.batches import SampleSet
from metst.samples.data import FoldData
from metst.samples.whole import chain
from metst.systems.recognizer import Recognizer
from metst.systems.system import Spotter

Span = tuple[Recording, int, int]
"""A recording, and first and last frame of an interval in it."""


class ClipSet(SampleSet):
    """Clips (N, C) with their classes (N,), in memory."""

    def __init__(self, clips: Tensor, classes: Tensor, key: tuple[int, str]) -> None:
        super().__init__(key, [Gain()])
        self.clips, self.classes = clips, classes

    def __len__(self) -> int:
        return len(self.clips)

    def plain(self, indices: Tensor) -> Batch:
        """(B, C), (B,)."""
        return self.clips[indices], self.classes[indices]


class Clips(FlowWindows):
    """One clip per annotated micro-expression of the training subjects."""

    def training(self) -> SampleSet:
        """Clips of all annotated MEs."""
        spans, classes = [], []
        for recording in self.fold.training:
            for onset, _, offset, emotion in samples(recording, "strict"):
                spans.append((recording, onset, offset))
                classes.append(self.fold.emotions.index(emotion))
        return ClipSet(self.clips(spans), torch.tensor(classes), self.fold.key)

    def clips(self, spans: Sequence[Span]) -> Tensor:
        """How far each region has moved from the first frame to the middle: (N, C)."""
        curves: dict[Recording, Tensor] = {}
        rows = []
        for recording, onset, offset in spans:
            if recording not in curves:
                arrays = self.source.read(recording).arrays
                curve = chain(arrays["windows"], arrays["starts"], recording.frames)
                curves[recording] = torch.from_numpy(curve)
            ends = torch.tensor([onset, (onset + offset) // 2]).clamp(0, recording.frames - 1)
            first, middle = curves[recording][:, ends].unbind(1)
            rows.append(middle - first)
        return torch.stack(rows) if rows else torch.zeros(0, self.feature.channels)

    def testing(self) -> SampleSet:
        """Nothing: intervals are known only when they have been spotted."""
        return Samples.testing(self)


class ClipRecognizer(Recognizer):
    """Softmax regression; it knows no neutral class."""

    variants = ("spotting_first",)

    def __init__(self, spotter: Spotter, channels: int = 10, emotions: int = 4) -> None:
        super().__init__(spotter)
        self.linear = nn.Linear(channels, emotions)

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:  # noqa: ARG002
        """Cross-entropy."""
        loss = cross_entropy(self.linear(batch[0]), batch[1])
        self.log("loss", loss, on_step=False, on_epoch=True, batch_size=len(batch[0]))
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        return torch.optim.Adam(self.parameters(), lr=0.05)

    def recognize(self, proposals: Proposals, data: FoldData) -> Tensor:
        """Class probabilities (N, E)."""
        rows = zip(
            proposals.video.tolist(),
            proposals.onset.tolist(),
            proposals.offset.tolist(),
            strict=True,
        )
        spans = [(proposals.recordings[video], onset, offset) for video, onset, offset in rows]
        clips = expect(data.samples, Clips).clips(spans)
        return self.linear(clips.to(self.device)).softmax(-1)
