"""What a fold leaves is enough to recompute every number without the network."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from safetensors.numpy import load_file

from metst.base.errors import MetstError
from metst.datasets.labels import EMOTIONS, Expression, Recording, Timebase
from metst.intervals.synergy import STRATEGIES
from metst.results.annotations import read_annotations
from metst.results.tables import read_predictions
from metst.samples import FlowWindows, Fold
from metst.scoring.pooling import pool
from metst.scoring.protocols import get_protocol
from metst.systems.me_tst.module import AnalysisModule
from metst.systems.me_tst.network import METST


@pytest.fixture
def run(tiny_runs: Path) -> Path:
    """A finished run of the tiny demo."""
    return tiny_runs / "demo"


def test_results_follow_from_the_table_and_the_recordings_alone(run: Path) -> None:
    results = json.loads((run / "results.json").read_text())
    again = pool(
        read_predictions(run / "predictions.csv"), read_annotations(run / "annotations.csv")
    )
    assert json.loads(json.dumps(again)) == {
        k: v for k, v in results.items() if k not in ("complete", "demanded", "emotions", "kind")
    }


def test_pooled_counts_are_the_sums_of_the_folds(run: Path) -> None:
    results = json.loads((run / "results.json").read_text())
    for protocol in ("authors", "strict"):
        for count in ("tp", "fp", "fn"):
            folds = [f[protocol]["spotting"][count] for f in results["folds"].values()]
            assert results["protocols"][protocol]["spotting"][count] == sum(folds)


def test_what_is_counted_on_the_device_equals_what_the_table_gives(run: Path) -> None:
    table = read_predictions(run / "predictions.csv")
    recordings = read_annotations(run / "annotations.csv")
    for subject in ("spNO.1", "spNO.2"):
        metrics = json.loads((run / "folds" / subject / "metrics.json").read_text())
        for protocol in ("authors", "strict"):
            scoring = get_protocol(protocol)
            for strategy in STRATEGIES:
                videos = [r for r in recordings if r.subject == subject]
                rows = table[table["subject"] == subject]
                expected = scoring.evaluate(rows, videos, strategy).as_dict()
                assert metrics[protocol][strategy] == json.loads(json.dumps(expected))


def test_strict_counts_cover_every_annotated_micro_expression(run: Path) -> None:
    results = json.loads((run / "results.json").read_text())
    spotting = results["protocols"]["strict"]["spotting"]
    annotated = sum(len(r.micro) for r in read_annotations(run / "annotations.csv"))
    assert annotated > 0
    assert spotting["tp"] + spotting["fn"] == annotated
    table = read_predictions(run / "predictions.csv")
    chosen = table["variant"] == "strict/spotting_first"
    assert spotting["tp"] + spotting["fp"] == chosen.sum()


def test_strategies_label_the_same_candidates(run: Path) -> None:
    table = read_predictions(run / "predictions.csv")
    parts = table["variant"].str.partition("/")
    table = table.assign(decoder=parts[0], strategy=parts[2])
    table = table[table["strategy"] != "annotated"]
    spans = ["decoder", "subject", "video", "onset", "offset"]
    groups = [group[spans].reset_index(drop=True) for _, group in table.groupby("strategy")]
    assert len(groups) >= 3
    assert all(groups[0].equals(group) for group in groups[1:])
    spotting_first = table[table["strategy"] == "spotting_first"]
    assert set(spotting_first["emotion"]) <= set(EMOTIONS)


def test_every_annotated_interval_is_named_and_its_recognition_counted(run: Path) -> None:
    table = read_predictions(run / "predictions.csv")
    rows = table[table["variant"] == "strict/annotated"]
    annotated = {
        (e.subject, e.video, e.onset, e.apex, e.offset): e.emotion
        for r in read_annotations(run / "annotations.csv")
        for e in r.micro
    }
    columns = [rows[name] for name in ("subject", "video", "onset", "apex", "offset")]
    named = dict(zip(zip(*columns, strict=True), rows["emotion"], strict=True))
    assert named.keys() == annotated.keys()
    assert set(named.values()) <= set(EMOTIONS)
    of_class = {c: [key for key, emotion in annotated.items() if emotion == c] for c in EMOTIONS}
    recalls = [
        sum(named[key] == c for key in keys) / len(keys) for c, keys in of_class.items() if keys
    ]
    found = json.loads((run / "results.json").read_text())["annotated"]["strict"]
    assert found["named"] == len(annotated)
    assert found["uar"] == pytest.approx(sum(recalls) / len(recalls))


def test_window_outputs_are_kept(run: Path) -> None:
    outputs = load_file(run / "folds" / "spNO.1" / "outputs.safetensors")
    windows = 2 * (150 // 25 - 1)
    assert outputs["score"].shape == (windows, 50)
    assert outputs["logits"].shape == (windows, 50, len(EMOTIONS) + 1)
    assert ((outputs["score"] >= 0) & (outputs["score"] <= 1)).all()


def test_every_row_is_within_its_video(run: Path) -> None:
    table = read_predictions(run / "predictions.csv")
    strict = table[table["variant"].str.startswith("strict/")]
    assert (strict["onset"] >= 1).all()
    assert (strict["offset"] <= 150).all()
    sums = table[[c for c in table if c.startswith("p_")]].sum(axis=1)
    pd.testing.assert_series_equal(sums, pd.Series(1.0, sums.index), check_names=False)


@pytest.mark.parametrize(
    ("offset", "message"),
    [(12, "k_p, half the mean ME length: expected at least 1"), (None, "none is left")],
)
def test_an_impossible_k_p_is_found_before_training(offset: int | None, message: str) -> None:
    """MEs of which sub-sampling leaves a single frame, and no ME at all."""
    timebase = Timebase(fps=200.0, skip=7)
    micro = [Expression("1", "1_1", 10, 11, offset, emotion="others")] if offset else []
    recordings = (
        Recording("1", "1_1", 90, timebase, tuple(micro)),
        Recording("2", "2_1", 90, timebase),
    )
    data: Any = SimpleNamespace(samples=FlowWindows(30), batch_size=4)
    data.fold = Fold("2", 0, recordings, EMOTIONS)
    with pytest.raises(MetstError, match=message):
        AnalysisModule(METST()).calibrate(data)
