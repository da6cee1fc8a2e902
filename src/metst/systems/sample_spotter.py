"""Systems that spot by a score per flow image, and decoders that make intervals of its curve.

Shapes: N images of the left-out subject, E emotion classes.
"""

from abc import abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor

from metst.datasets.labels.records import Recording
from metst.intervals.fitting import Constants
from metst.intervals.proposals import Proposals
from metst.intervals.sampled import SampleDecoder, sample_curves
from metst.intervals.stitching import Curves
from metst.samples import PairImages, expect
from metst.samples.data import FoldData
from metst.samples.image_set import ImageSet
from metst.systems.spotter import Outputs
from metst.systems.system import System

FITTED_ON = 20_000
"""Training images whose scores thresholds are fitted to; whole videos, the last one included."""

BLOCK = 512
"""Images that go through a network at once."""


class SampleSpotter(System):
    """Scores images of frame pairs; `test_step` gives `score` (B,) and perhaps `logits` (B, E).

    Attributes:
        reads: the samples that it is made for.
        emotions: E, how many of the data set's classes it names, the first ones.
    """

    reads: type[PairImages]
    emotions: int = 0

    @abstractmethod
    def decoders(self) -> Sequence[SampleDecoder]:
        """What makes intervals of the curves: `authors` and `strict`, of each kind it spots."""

    def calibrate(self, data: FoldData) -> None:
        """Lengths, and what else needs no network."""
        fold = data.fold
        self._constants = [d.fit(fold.recordings, fold.subject) for d in self.decoders()]

    def fitted(self, data: FoldData) -> Outputs:
        """Thresholds of the strict decoders, best for curves of training subjects.

        The network was trained on these videos, so that it is surer there than elsewhere.
        """
        samples = expect(data.samples, self.reads)
        videos = samples.some_training(FITTED_ON)
        parts = [self.scored(samples.image_set(*samples.stored([video]), ())) for video in videos]
        outputs = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
        curves = self._curves(outputs, samples, videos)
        fits = {
            number: decoder.fit_thresholds(curves, videos, known)
            for number, (decoder, known) in enumerate(self._known())
            if decoder.name == "strict"
        }
        return {
            constants_name(n): torch.tensor(list(fit.values()), dtype=torch.float64)
            for n, fit in fits.items()
        }

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:
        """Intervals of each decoder."""
        test = data.fold.test
        curves = self._curves(outputs, expect(data.samples, self.reads), test)
        found = []
        for number, (decoder, known) in enumerate(self._known()):
            constants = dict(known)
            if decoder.name == "strict":
                constants = dict(zip(known, outputs[constants_name(number)].tolist(), strict=True))
            found.append(decoder.propose(curves, test, constants))
        return found

    def named(self, intervals: Proposals, outputs: Outputs, data: FoldData) -> Proposals | None:
        """Given intervals with the emotion that the images in each vote for."""
        if not self.recognizes:
            return None
        curves = self._curves(outputs, expect(data.samples, self.reads), data.fold.test)
        (decoder, *_) = (d for d in self.decoders() if d.name == intervals.decoder)
        return decoder.named(curves, intervals)

    def _known(self) -> list[tuple[SampleDecoder, Constants]]:
        return list(zip(self.decoders(), self._constants, strict=True))

    def _curves(
        self, outputs: Outputs, samples: PairImages, recordings: Sequence[Recording]
    ) -> Curves:
        return sample_curves(outputs["score"], samples.counts(recordings), outputs.get("logits"))

    def scored(self, stored: ImageSet) -> dict[str, Tensor]:
        """Outputs for images, by name."""
        blocks = torch.split(torch.arange(len(stored)), BLOCK) if len(stored) else ()
        empty = torch.zeros(1, *stored.images.shape[1:])
        parts = [self.test_step((empty.to(self.device),), 0)]  # names and shapes of the outputs
        parts += [self.test_step((stored.plain(b)[0].to(self.device),), 0) for b in blocks]
        return {name: torch.cat([part[name] for part in parts])[1:] for name in parts[0]}


def constants_name(number: int) -> str:
    """Name under which the constants of a decoder are kept with the outputs."""
    return f"constants_{number}"
