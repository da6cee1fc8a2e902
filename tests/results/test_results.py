"""Pooled results and what is computed beyond one number."""

import json
import math
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metst.base.errors import MetstError
from metst.datasets.labels.records import EMOTIONS, Expression, Kind, Recording, Timebase
from metst.intervals.synergy import STRATEGIES
from metst.scoring.analysis import (
    analysis,
    confidence,
    false_positives,
    iou_sweep,
    precision_recall,
    timing,
)
from metst.scoring.compare import compare
from metst.scoring.evaluation import compare_tables, evaluate
from metst.scoring.metrics import Counts
from metst.scoring.outcomes import outcomes
from metst.scoring.pooling import pool, write_results
from metst.scoring.protocols import get_protocol
from tests.support.predicted import predicted

FPS = 30.0
ANY = "spotting_first"


def expression(video: str, onset: int, offset: int, kind: Kind, c: int = 0) -> Expression:
    emotion = EMOTIONS[c] if kind == "micro" else None
    apex = (onset + offset) // 2
    subject = video.split("_")[0]
    return Expression(subject, video, onset, apex, offset, kind, emotion, emotion or "")


def recording(video: str, *expressions: Expression) -> Recording:
    return Recording(video.split("_")[0], video, 900, Timebase(FPS), expressions)


RECORDINGS = (
    recording(
        "1_a",
        expression("1_a", 100, 110, "micro", 0),
        expression("1_a", 200, 210, "micro", 1),
        expression("1_a", 300, 360, "macro"),
        expression("1_a", 400, 406, "blink"),
    ),
    recording("2_a", expression("2_a", 100, 110, "micro", 2)),
    recording("3_a", expression("3_a", 100, 110, "micro", 3)),
)


def table(*rows: tuple[str, int, int, str, float]) -> pd.DataFrame:
    return predicted(
        ("", v.split("_")[0], v, on, (on + off) // 2, off, emotion, score)
        for v, on, off, emotion, score in rows
    )


SOME = table(
    ("1_a", 103, 112, "negative", 0.9),
    ("1_a", 320, 330, "negative", 0.8),
    ("1_a", 400, 410, "neutral", 0.3),
    ("2_a", 98, 110, "surprise", 0.7),
    ("3_a", 500, 510, "others", 0.6),
)


def test_pool_has_every_protocol_fold_and_strategy() -> None:
    results = pool(SOME, RECORDINGS)
    assert set(results["protocols"]) == {"authors", "strict", "strs_metric"}
    assert list(results["folds"]) == ["1", "2", "3"]
    for scores in results["protocols"].values():
        assert set(scores["synergy"]) == set(STRATEGIES)
        for key in ("spotting", "recognition", "strs"):
            assert scores[key] == scores["synergy"][results["strategy"]][key]
    strict = results["protocols"]["strict"]
    assert strict["spotting"]["tp"] == 2
    assert strict["spotting"]["fp"] == 3
    assert strict["synergy"]["recognition_first"]["spotting"]["fp"] == 2
    for part in ("tp", "fp", "fn"):
        folds = [scores["strict"]["spotting"][part] for scores in results["folds"].values()]
        assert sum(folds) == strict["spotting"][part]


def test_pool_of_some_subjects() -> None:
    results = pool(SOME[SOME["subject"] != "3"], RECORDINGS, subjects=["1", "2"])
    assert list(results["folds"]) == ["1", "2"]
    assert results["protocols"]["strict"]["spotting"]["fn"] == 1


def test_results_are_json_without_nan(tmp_path: Path) -> None:
    one_class = table(("1_a", 100, 110, "negative", 1.0))
    results = pool(one_class, RECORDINGS)
    assert results["protocols"]["authors"]["recognition"]["uf1"] is None
    assert results["protocols"]["authors"]["flags"]
    write_results(results, tmp_path / "results.json")
    assert json.loads((tmp_path / "results.json").read_text()) == results


def test_outcomes_of_each_prediction() -> None:
    rows = outcomes(SOME, RECORDINGS, "recognition_first")
    assert rows["outcome"].tolist() == ["found", "false", "withdrawn", "found", "false"]
    assert rows["over"].tolist() == ["micro", "macro", "blink", "micro", "nothing"]
    first = rows.iloc[0]
    assert first["iou"] == pytest.approx(8 / 13)
    assert first["onset_error_ms"] == pytest.approx(3 * 1000 / FPS)
    assert first["offset_error_ms"] == pytest.approx(2 * 1000 / FPS)
    assert first["apex_error_ms"] == pytest.approx((107 - 105) * 1000 / FPS)
    assert math.isnan(rows.iloc[1]["iou"])


def test_a_find_lies_over_its_me_also_under_a_longer_macro() -> None:
    both = recording(
        "4_a", expression("4_a", 100, 110, "micro"), expression("4_a", 50, 200, "macro")
    )
    found = table(("4_a", 95, 112, "negative", 1.0), ("4_a", 60, 70, "negative", 1.0))
    rows = outcomes(found, [both], ANY)  # the find shares 11 frames with the ME, 18 with the MaE
    assert rows["outcome"].tolist() == ["found", "false"]
    assert rows["over"].tolist() == ["micro", "macro"]


def test_timing_and_false_positives() -> None:
    rows = outcomes(SOME, RECORDINGS, ANY)
    errors = timing(rows)
    assert errors["onset"] is not None
    assert errors["onset"]["bias"] == pytest.approx((3 - 2) / 2 * 1000 / FPS)
    assert errors["onset"]["mae"] == pytest.approx((3 + 2) / 2 * 1000 / FPS)
    wrong = false_positives(rows, RECORDINGS)
    assert wrong["minutes"] == pytest.approx(3 * 900 / FPS / 60)
    assert wrong["per_minute"] == pytest.approx(3 / 1.5)
    assert wrong["over"]["false"] == {"micro": 0, "macro": 1, "blink": 1, "nothing": 1}
    assert timing(rows[:0]) == {"onset": None, "apex": None, "offset": None}


def test_fewer_finds_at_a_greater_overlap() -> None:
    points = iou_sweep(SOME, RECORDINGS, get_protocol("strict"), ANY)
    assert [p["iou"] for p in points] == pytest.approx(np.arange(1, 10) / 10)
    recalls = [p["recall"] for p in points]
    # overlaps of the two finds: 8/13 and 11/13
    assert recalls == [0.5] * 6 + [0.25] * 2 + [0.0]


def test_average_precision_by_hand() -> None:
    result = precision_recall(SOME, RECORDINGS, get_protocol("strict"), ANY)
    points = [(p["precision"], p["recall"]) for p in result["curve"]]
    expected = [(1, 1 / 4), (1 / 2, 1 / 4), (2 / 3, 2 / 4), (2 / 4, 2 / 4), (2 / 5, 2 / 4)]
    assert np.allclose(points, expected)
    assert result["ap"] == pytest.approx(1 / 4 * 1 + 1 / 4 * 2 / 3)


def test_average_precision_is_of_all_heights() -> None:
    """More heights than are drawn: a find every third, each as high as its place."""
    own = [expression("1_a", 100 * i, 100 * i + 10, "micro") for i in range(1, 61)]
    video = Recording("1", "1_a", 9000, Timebase(FPS), tuple(own))
    onsets = [100 * i if i % 3 == 0 else 100 * i + 50 for i in range(1, 61)]
    rows = [("1_a", on, on + 10, "negative", i / 60) for i, on in enumerate(onsets, 1)]
    found = precision_recall(table(*rows), [video], get_protocol("strict"), ANY)
    assert len(found["curve"]) == 50
    precisions = [n / (3 * n - 2) for n in range(1, 21)]  # at every find; they fall
    assert found["ap"] == pytest.approx(sum(precisions) / 60)


def counts(*spotting: tuple[int, int, int]) -> dict[str, Counts]:
    return {
        str(i): Counts.of_numbers(np.array([*numbers, *[0] * 24]), 4)
        for i, numbers in enumerate(spotting)
    }


def test_confidence_of_equal_subjects_is_a_point() -> None:
    interval = confidence([counts(*[(2, 1, 1)] * 6)], get_protocol("strict"), repeats=50)["f1"]
    assert interval["low"] == interval["high"] == pytest.approx(2 / 3)


def test_confidence_holds_the_quantiles_of_all_draws() -> None:
    spotting = [(3, 0, 0), (1, 2, 2), (0, 4, 1)]
    every = []
    for draw in product(spotting, repeat=3):
        tp, fp, fn = np.sum(draw, axis=0)
        every.append(2 * tp / (2 * tp + fp + fn) if tp else 0.0)
    low, high = np.quantile(every, [0.1, 0.9])
    got = confidence([counts(*spotting)], get_protocol("strict"), repeats=4000, level=0.8)["f1"]
    assert got["low"] == pytest.approx(low, abs=0.08)
    assert got["high"] == pytest.approx(high, abs=0.08)
    assert (
        got
        == confidence([counts(*spotting)], get_protocol("strict"), repeats=4000, level=0.8)["f1"]
    )


def test_compare_with_itself_finds_nothing() -> None:
    same = counts((2, 1, 1), (0, 1, 3))
    difference = compare(same, same, get_protocol("strict")).scores["f1"]
    assert (difference.p, difference.wins, difference.losses, difference.ties) == (1.0, 0, 0, 2)


def test_compare_tries_every_exchange() -> None:
    first = counts((1, 2, 2), (2, 1, 1), (0, 3, 1), (1, 1, 1))
    second = counts((3, 1, 0), (3, 0, 0), (1, 1, 0), (1, 1, 1))

    def f1(rows: list[np.ndarray]) -> float:
        tp, fp, fn = np.sum(rows, axis=0)[:3]
        return float(2 * tp / (2 * tp + fp + fn))

    a, b = ([c.numbers() for c in side.values()] for side in (first, second))
    real = f1(b) - f1(a)
    larger = 0
    for swap in product([False, True], repeat=4):
        left = [y if s else x for x, y, s in zip(a, b, swap, strict=True)]
        right = [x if s else y for x, y, s in zip(a, b, swap, strict=True)]
        larger += abs(f1(right) - f1(left)) >= abs(real) - 1e-12
    result = compare(first, second, get_protocol("strict"))
    assert result.exact
    assert result.scores["f1"].p == pytest.approx(larger / 16)
    assert (result.scores["f1"].wins, result.scores["f1"].ties) == (3, 1)
    assert result.scores["f1"].second - result.scores["f1"].first == pytest.approx(real)


def test_compare_with_random_exchanges_agrees_with_all() -> None:
    generator = np.random.default_rng(1)
    before = generator.integers(1, 4, (12, 3))
    after = before + generator.permuted(np.tile([2, 1, 0], (12, 1)), axis=1)
    first, second = (counts(*map(tuple, side.tolist())) for side in (before, after))
    exact = compare(first, second, get_protocol("strict")).scores["f1"].p
    # one more that differs, but in nothing that F1 depends on
    first["12"], second["12"] = counts((0, 1, 2))["0"], counts((0, 2, 1))["0"]
    result = compare(first, second, get_protocol("strict"), rounds=3000)
    assert not result.exact
    assert result.scores["f1"].p == pytest.approx(exact, abs=0.06)


def test_compare_names_subjects_on_one_side() -> None:
    first = counts((1, 1, 1), (2, 2, 2))
    second = {"1": first["1"], "9": first["0"]}
    result = compare(first, second, get_protocol("strict"))
    assert (result.subjects, result.only_first, result.only_second) == (("1",), ("0",), ("9",))
    with pytest.raises(MetstError, match="no common subject"):
        compare({"0": first["0"]}, {"9": first["1"]}, get_protocol("strict"))


def test_compare_without_a_defined_score_has_no_p() -> None:
    first = counts((1, 1, 1))
    authors = get_protocol("authors")
    assert compare(first, first, authors).scores["uar"].p is None


def test_analysis_is_plain_json() -> None:
    result = analysis(SOME, RECORDINGS, get_protocol("strict"), ANY)
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    low, high = (result["confidence"]["f1"][edge] for edge in ("low", "high"))
    assert low <= get_protocol("strict").evaluate(SOME, RECORDINGS, ANY).f1 <= high


def test_rows_keep_their_order_for_the_evaluator() -> None:
    # Two predictions of one annotation: the row that comes first takes it.
    rows = table(("2_a", 104, 110, "others", 0.5), ("2_a", 100, 110, "surprise", 0.5))
    scoring = get_protocol("strs_metric")
    confusion = scoring.evaluate(rows, RECORDINGS[1:2], ANY).counts.confusion
    assert int(confusion[2, 3]) == 1
    turned = scoring.evaluate(rows[::-1], RECORDINGS[1:2], ANY).counts.confusion
    assert int(turned[2, 2]) == 1
    first = replace(scoring, time_order=True).evaluate(rows, RECORDINGS[1:2], ANY)
    assert first.counts.confusion.equal(turned)


def test_evaluate_is_plain_json_with_everything() -> None:
    results = evaluate(SOME, RECORDINGS, synergy="recognition_first")
    assert json.loads(json.dumps(results, allow_nan=False)) == results
    assert {"protocols", "folds", "confidence", "analysis"} <= set(results)
    strict = results["protocols"]["strict"]
    assert strict["spotting"] == strict["synergy"]["recognition_first"]["spotting"]
    assert results["analysis"]["false_positives"]["over"]["withdrawn"]["blink"] == 1


def test_compare_tables_counts_silence_as_missed() -> None:
    better = SOME.copy()
    better.loc[4, ["onset", "offset"]] = 100, 110
    silent = better[better["subject"] != "2"]
    scoring = get_protocol("strict")
    result = compare_tables(SOME, silent, RECORDINGS, scoring)
    assert (result.subjects, result.only_first) == (("1", "2", "3"), ())
    f1 = result.scores["f1"]
    assert (f1.wins, f1.losses, f1.ties) == (1, 1, 1)  # better on 3, silent on 2
    # Of 4 MEs each finds 2; predictions are 5 and 4.
    assert (f1.first, f1.second) == pytest.approx((4 / (4 + 5), 4 / (4 + 4)))
    assert json.loads(json.dumps(result.as_dict(), allow_nan=False))["exact"] is True


def test_compare_tables_leaves_untested_folds_out() -> None:
    folds = (("1", "2", "3"), ("1", "3"))
    without = SOME[SOME["subject"] != "2"]
    result = compare_tables(SOME, without, RECORDINGS, get_protocol("strict"), folds=folds)
    assert (result.subjects, result.only_first) == (("1", "3"), ("2",))
    assert result.scores["f1"].ties == 2


def test_the_consistent_variant_forgets_the_other_emotions() -> None:
    results = evaluate(SOME, RECORDINGS, analyzed=("negative", "positive", "surprise"))
    strict = results["protocols"]["strict"]["spotting"]
    assert (strict["tp"], strict["fp"], strict["fn"]) == (2, 3, 2)
    alone = results["consistent"]["spotting"]  # without the ME and the prediction of "others"
    assert (alone["tp"], alone["fp"], alone["fn"]) == (2, 2, 1)
    assert "consistent" not in evaluate(SOME, RECORDINGS)


def test_a_strategy_whose_emotions_are_not_analyzed_is_there_all_the_same() -> None:
    parts = [
        SOME.assign(variant=f"strict/{name}", emotion=emotion)
        for name, emotion in ((ANY, "others"), ("recognition_first", "negative"))
    ]
    results = evaluate(pd.concat(parts), RECORDINGS, synergy=ANY, analyzed=("negative",))
    assert results["consistent"]["spotting"]["fp"] == 0
