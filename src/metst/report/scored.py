"""A run with everything that its page computes from the tables."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from metst.datasets.labels import Recording
from metst.results.run import Run
from metst.scoring.evaluation import evaluate, tested_of
from metst.scoring.outcomes import outcomes
from metst.scoring.protocols.protocol import select

VideoKey = tuple[str, str]
"""Subject and video."""


class Scored:
    """What follows from the tables of a run, judged as the run was."""

    def __init__(self, run: Run) -> None:
        self.run, self.how = run, run.judgment
        self._predictions, recordings = self.how.of_kind(run.predictions, run.recordings)
        self._tested = tested_of(recordings, run.subjects)
        self._judged = {(r.subject, r.video): r for r in recordings}

    @cached_property
    def evaluation(self) -> Mapping[str, Any]:
        """What `metst.scoring.evaluation.evaluate` returns."""
        how = self.how
        return evaluate(
            self._predictions,
            self._tested,
            synergy=how.variant,
            iou=how.iou,
            analyzed=how.analyzed or None,
            emotions=how.emotions,
        )

    @property
    def stale(self) -> bool:
        """Whether the tables were changed after `results.json` was written."""
        again = json.loads(json.dumps({k: self.evaluation[k] for k in ("protocols", "folds")}))
        return any(again[key] != self.run.results[key] for key in again)

    def judged(self, recording: Recording) -> Recording:
        """The recording as it is judged: its micro-expressions are those of the judged kind."""
        return self._judged[recording.subject, recording.video]

    @property
    def predictions(self) -> pd.DataFrame:
        """Predictions of the main strategy under the `strict` rules."""
        return select(self._predictions, "strict", self.how.variant)

    @cached_property
    def outcomes(self) -> Mapping[VideoKey, Sequence[Mapping[Any, Any]]]:
        """What became of these predictions: rows of `metst.scoring.outcomes` of each video."""
        how = self.how
        table = outcomes(self._predictions, self._tested, how.variant, how.iou)
        groups = table.groupby(["subject", "video"])
        return {(str(s), str(v)): rows.to_dict("records") for (s, v), rows in groups}
