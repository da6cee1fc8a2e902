"""The annotated intervals as if they had been spotted: for recognition alone (ME-TST, table II)."""

from collections.abc import Sequence

import torch

from metst.datasets.labels.records import Recording
from metst.datasets.labels.samples import samples
from metst.intervals.decoder import DECODERS, DecoderName
from metst.intervals.proposals import Proposals
from metst.samples.data import FoldData
from metst.systems.spotter import Outputs, Spotter


class Annotated(Spotter):
    """Proposes every annotated micro-expression of the left-out subject.

    Which rows can be used follows from the label rules of each decoder. Its spotting scores mean
    nothing.
    """

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:  # noqa: ARG002
        """All annotated intervals that can be used, unnamed."""
        return [annotated(name, data.fold.test) for name in DECODERS]


def annotated(decoder: DecoderName, recordings: tuple[Recording, ...]) -> Proposals:
    """Every annotated micro-expression by the label rules of a decoder, unnamed."""
    each = (
        (video, s.onset, s.peak, s.offset)
        for video, recording in enumerate(recordings)
        for s in samples(recording, decoder)
        if s.onset <= s.offset
    )
    # An interval that is annotated twice is proposed once.
    rows = list({(row[0], row[1], row[3]): row for row in each}.values())
    video, onset, apex, offset = torch.tensor(rows, dtype=torch.int64).reshape(-1, 4).unbind(1)
    return Proposals(
        *(decoder, recordings, video, onset, apex, offset),
        score=torch.ones(len(rows), dtype=torch.float64),
        labels={"none": torch.full_like(video, -1)},
    )
