"""What a system proposes for some recordings: intervals, their labels, and the curves behind them.

Shapes: N intervals, V videos, L frames of the longest, E emotion classes (neutral is class E).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from metst.datasets.labels.records import Kind, Recording


@dataclass(frozen=True)
class FrameCurves:
    """Curves of videos as one padded batch, for pictures; no score is computed from them.

    Attributes:
        score: (V, L) spotting score.
        smoothed: (V, L) the curve in which peaks are sought.
        threshold: (V,) least height of a peak.
        lengths: (V,) frames of each curve.
        probabilities: (V, L, E + 1) class probabilities; None of a system that names no emotions.
    """

    score: Tensor
    smoothed: Tensor
    threshold: Tensor
    lengths: Tensor
    probabilities: Tensor | None = None

    def repeated(self, every: int, frames: Sequence[int]) -> "FrameCurves":
        """Curves of samples with each value at the `every` frames that it stands for.

        Args:
            every: frames per sample.
            frames: of each video; its curve ends there.
        """

        def stretch(values: Tensor) -> Tensor:
            return values.repeat_interleave(every, 1)

        shares = self.probabilities
        return FrameCurves(
            stretch(self.score),
            stretch(self.smoothed),
            self.threshold,
            torch.minimum(self.lengths * every, torch.tensor(frames).to(self.lengths)),
            None if shares is None else stretch(shares),
        )


@dataclass(frozen=True)
class Proposals:
    """The intervals that one decoder proposes, each (N,), in sub-sampled frames.

    Attributes:
        decoder: name of the rules that made them: `authors` or `strict`.
        recordings: the V videos.
        video: place among the recordings.
        onset: first frame.
        apex: frame of the apex; the middle, of a system that finds none.
        offset: last frame, itself included.
        score: how sure the system is; higher is surer.
        labels: synergy strategy -> class (N,), -1 where none is named.
        probabilities: (N, E + 1) class probabilities; None of a system that names no emotions.
        kind: what they are taken for.
        facts: what was fitted to the training subjects, by name, for `metrics.json`.
        curves: of the recordings, for pictures.
    """

    decoder: str
    recordings: tuple[Recording, ...]
    video: Tensor
    onset: Tensor
    apex: Tensor
    offset: Tensor
    score: Tensor
    labels: Mapping[str, Tensor]
    probabilities: Tensor | None = None
    kind: Kind = "micro"
    facts: Mapping[str, float] = field(default_factory=dict)
    curves: FrameCurves | None = None

    def rows(self, emotions: Sequence[str]) -> Iterator[dict[str, object]]:
        """Rows of the predictions table, in own frame numbers; the only transfer from the device.

        Args:
            emotions: names of the classes, neutral last.
        """
        columns = [self.video, self.onset, self.apex, self.offset]
        frames = torch.stack([*columns, *self.labels.values()], 1).tolist()
        scores = self.score.tolist()
        shares = [[]] * len(scores) if self.probabilities is None else self.probabilities.tolist()
        for index, variant in enumerate(self.labels):
            for (video, *ends, of), score, share in zip(
                ([*row[:4], row[4 + index]] for row in frames), scores, shares, strict=True
            ):
                recording = self.recordings[video]
                onset, apex, offset = (recording.timebase.to_number(frame) for frame in ends)
                yield {
                    "variant": f"{self.decoder}/{variant}",
                    "subject": recording.subject,
                    "video": recording.video,
                    "kind": self.kind,
                    "onset": onset,
                    "apex": apex,
                    "offset": offset,
                    "emotion": emotions[of] if of >= 0 else "",
                    "score": score,
                    **{f"p_{name}": p for name, p in zip(emotions, share, strict=False)},
                }
