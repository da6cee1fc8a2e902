"""The predictions of a finished run as a spotter: a recognizer names what another system found."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import pandas as pd
import torch

from metst.base.errors import ConfigError
from metst.datasets.labels.records import Kind, Recording
from metst.intervals.decoder import DECODERS
from metst.intervals.proposals import Proposals
from metst.results.run import open_run
from metst.samples.data import FoldData
from metst.scoring.protocols.protocol import select
from metst.systems.spotter import Outputs, Spotter


class FinishedRun(Spotter):
    """Proposes what a run predicted for the subject that is left out, by each of its decoders.

    A fold of the run never learned from its left-out subject, so its `strict` intervals leak
    nothing.

    Args:
        run: its run folder, of the same data set.

    Raises:
        DataError: it holds no results.
    """

    def __init__(self, run: Path) -> None:
        self.run = open_run(run, results=True)

    @property
    def sources(self) -> Mapping[str, str]:
        """Digest of the run's predictions: made anew, they are others."""
        digest = sha256(self.run.folder.predictions.read_bytes()).hexdigest()
        return {f"predictions of {self.run.name}": digest}

    def propose(self, outputs: Outputs, data: FoldData) -> Sequence[Proposals]:  # noqa: ARG002
        """The intervals of the run's main variant, those that it withdrew included."""
        subject, test = data.fold.subject, data.fold.test
        if subject not in self.run.subjects:
            msg = f"{self.run.path}: expected a finished fold of {subject}; `metst loso` makes it"
            raise ConfigError(msg)
        tested = [r for r in self.run.tested if r.subject == subject]
        if {r.video for r in tested} != {r.video for r in test}:
            msg = f"{self.run.path}: expected a run of the same videos of {subject}, found others"
            raise ConfigError(msg)
        predictions, variant = self.run.predictions, self.run.judgment.variant
        of_subject = predictions[predictions["subject"] == subject]
        both: tuple[Kind, Kind] = ("micro", "macro")
        kinds = both if "macro" in set(predictions["kind"]) else both[:1]
        found = []
        for name in DECODERS:
            rows = select(of_subject, name, variant)
            found += [_proposals(name, rows[rows["kind"] == kind], test, kind) for kind in kinds]
        return found


def _proposals(
    decoder: str, rows: pd.DataFrame, test: tuple[Recording, ...], kind: Kind
) -> Proposals:
    """Rows of one decoder and kind as proposals, in sub-sampled frames."""
    place = {r.video: i for i, r in enumerate(test)}
    video = [place[name] for name in rows["video"]]
    onset, apex, offset = (
        torch.tensor(
            [test[i].timebase.to_frame(n) for i, n in zip(video, rows[name].tolist(), strict=True)],
            dtype=torch.int64,
        )
        for name in ("onset", "apex", "offset")
    )
    return Proposals(
        *(decoder, test, torch.tensor(video, dtype=torch.int64), onset, apex, offset),
        score=torch.tensor(rows["score"].tolist(), dtype=torch.float64),
        labels={"none": torch.full((len(rows),), -1)},
        kind=kind,
    )
