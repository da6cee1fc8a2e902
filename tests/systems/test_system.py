"""What every system is held to, whatever it is."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from metst.base.errors import ConfigError
from metst.datasets.labels.records import EMOTIONS, Expression, Recording, Timebase
from metst.intervals.predictions import proposed_table
from metst.intervals.proposals import Proposals
from metst.results.spotter import FinishedRun
from metst.samples import Fold
from metst.scoring.judgment import Judgment
from metst.scoring.settings import Evaluation
from metst.systems.annotated import Annotated
from metst.systems.system import System
from tests.support.judged import judged_run, recordings_of
from tests.support.systems.clip_recognizer import ClipRecognizer
from tests.support.systems.flow_energy import FlowEnergy

ROWS = ((10, 20, "negative"), (10, 20, "others"), (40, 30, "surprise"), (60, 70, "positive"))
EXPRESSIONS = tuple(
    Expression("1", "a", on, None, off, emotion=name, label="anger") for on, off, name in ROWS
)
RECORDING = Recording("1", "a", 100, Timebase(30.0), EXPRESSIONS)


class Half(System):
    """Proposes by one decoder alone."""

    def propose(self, outputs: Any, data: Any) -> Sequence[Proposals]:  # noqa: ANN401, ARG002
        return [p for p in Annotated().propose({}, data) if p.decoder == "strict"]


def fold() -> Any:  # noqa: ANN401
    return SimpleNamespace(fold=Fold("1", 0, (RECORDING,), EMOTIONS))


def test_annotated_intervals_come_once_and_can_be_read() -> None:
    for proposals in Annotated().propose({}, fold()):
        table = proposed_table([proposals], EMOTIONS)
        spans = list(zip(table["onset"], table["offset"], strict=True))
        assert len(spans) == len(set(spans))
        assert all(onset <= offset for onset, offset in spans)
        assert (10, 20) in spans
        assert set(table["emotion"]) == {""}


def test_both_decoders_are_expected() -> None:
    with pytest.raises(
        ConfigError, match=r"Half: expected .* authors and strict, got \['strict'\]"
    ):
        Half().finish({}, fold())


def test_a_spotter_that_learns_is_trained_before() -> None:
    learns = FlowEnergy()
    learns.layer = nn.Linear(1, 1)
    with pytest.raises(ConfigError, match="FinishedRun"):
        ClipRecognizer(learns)


def test_a_strategy_that_the_system_does_not_give_is_refused() -> None:
    facts = EMOTIONS, EMOTIONS, "none"
    with pytest.raises(ConfigError, match=r"evaluation\.variant: expected one of none"):
        Judgment.of(Evaluation(variant="per_candidate"), *facts, variants=FlowEnergy.variants)


def test_a_prediction_without_an_emotion_is_not_recognized() -> None:
    proposals = Annotated().propose({}, fold())[1]
    table = proposed_table([proposals], EMOTIONS)
    protocol = Judgment.of(Evaluation(), EMOTIONS, EMOTIONS, "none").protocol("strict")
    scores = protocol.evaluate(table, [RECORDING], "none")
    assert int(scores.counts.tp) == 2
    assert scores.counts.confusion[:, -1].sum() == 2  # none is taken for an emotion
    assert torch.equal(scores.counts.confusion[:, :-1], torch.zeros(4, 4, dtype=torch.int64))


def test_macro_expressions_are_no_false_positives_of_micro() -> None:
    proposals = Annotated().propose({}, fold())[1]
    table = proposed_table([proposals], EMOTIONS)
    judgment = Judgment.of(Evaluation(), EMOTIONS, EMOTIONS, "none")
    kept, recordings = judgment.of_kind(table.assign(kind="macro"), [RECORDING])
    scores = judgment.protocol("strict").evaluate(kept, recordings, "none")
    assert (int(scores.counts.fp), int(scores.counts.fn)) == (0, 3)


def test_a_finished_run_proposes_each_kind_as_what_it_is(tmp_path: Path) -> None:
    found = [("micro", 10, 20, ""), ("macro", 100, 160, "")]
    run = judged_run(tmp_path / "run", Judgment((), (), "none"), found)
    data: Any = SimpleNamespace(fold=Fold("1", 0, tuple(recordings_of()), EMOTIONS))
    proposed = FinishedRun(run).propose({}, data)
    strict = [(p.kind, p.onset.tolist()) for p in proposed if p.decoder == "strict"]
    assert strict == [("micro", [9]), ("macro", [99])]  # sub-sampled, from 0


def test_a_finished_run_of_other_videos_is_refused(tiny_runs: Path) -> None:
    other = Recording("spNO.1", "z", 100, Timebase(30.0))
    data: Any = SimpleNamespace(fold=Fold("spNO.1", 0, (other,), EMOTIONS))
    with pytest.raises(ConfigError, match=r"same videos of spNO\.1"):
        FinishedRun(tiny_runs / "demo").propose({}, data)
    data.fold = Fold("spNO.9", 0, (other,), EMOTIONS)
    with pytest.raises(ConfigError, match=r"finished fold of spNO\.9"):
        FinishedRun(tiny_runs / "demo").propose({}, data)
