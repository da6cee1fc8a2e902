"""The authors' numbers: every stage against values that their own functions gave.

The cases lie in the files `oracle*.json` of the folder METST_PARITY.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from metst.base.errors import ConfigError
from metst.datasets.casme3 import CASME3
from metst.datasets.labels.authors import half_length, kept, video_lists
from metst.datasets.labels.records import EMOTIONS, Expression, Recording, Timebase
from metst.datasets.sammlv import SAMMLV
from metst.features.windows import cut, window_starts
from metst.intervals.interval import Intervals, overlap
from metst.intervals.synergy import frame_classes
from metst.network.losses import analysis_loss
from metst.results.tables import read_predictions, write_predictions
from metst.samples.sampling import balance, negatives_authors
from metst.samples.targets import class_weights, frame_labels
from metst.scoring.metrics.recognition import average_authors
from metst.scoring.metrics.scores import Scores
from metst.scoring.protocols import Protocol
from metst.scoring.protocols.protocol import Compared
from metst.scoring.protocols.rules import truth_authors
from tests.support import parity
from tests.support.oracle import (
    CLASS_OF,
    PATTERN,
    STRATEGY_OF,
    THREE,
    TOLERANCE,
    Case,
    all_recordings,
    cases,
    curves_of,
    decoder_of,
    digits,
    evaluator_of,
    recordings_of,
    same,
    scoring_of,
    table_of,
    truth_of,
)


@pytest.mark.parametrize("path", parity.each(PATTERN))
def test_every_case_is_of_a_kind_that_is_tested(path: Path) -> None:
    kinds = {case["kind"] for case in json.loads(path.read_text())["cases"]}
    assert kinds
    assert kinds <= {"labels", "loss", "sequence", "windows"}


@cases("labels")
def test_label_rules(case: Case) -> None:
    given, expected = case["input"], case["expected"]
    emotions = (CASME3 if case["dataset"] == "CASME_3" else SAMMLV).emotions()
    rows = [
        Expression(
            subject.rpartition(".")[2],
            video,
            onset,
            apex,
            offset,
            kind="micro" if kind == "micro-expression" else "macro",
            emotion=emotions.class_of(emotion),
            label=emotion,
        )
        for subject, video, kind, onset, apex, offset, emotion in given["rows"]
    ]
    timebase = Timebase(fps=30.0, skip=given["frame_skip"])
    recordings = [
        Recording(s, v, 10**6, timebase, tuple(e for e in rows if (e.subject, e.video) == (s, v)))
        for s, videos in zip(given["subjects"], given["subject_videos"], strict=True)
        for v in videos
    ]
    if expected["error"] is not None:
        pytest.skip(f"the released code stops with {expected['error']}")
    left = kept(recordings)
    assert list(dict.fromkeys(r.subject for r in left)) == expected["subjects"]
    for index, subject in enumerate(expected["subjects"]):
        own = [r for r in left if r.subject == subject]
        lists = [video_lists(r) for r in own]
        assert [r.video for r in own] == expected["videos"][index]
        assert [[list(s) for s in v.samples] for v in lists] == expected["samples"][index]
        assert [list(v.emotions) for v in lists] == expected["emotions"][index]
    assert half_length(recordings) == expected["k_p"]


@cases("windows", "sequence")
def test_label_rules_give_the_annotations(case: Case) -> None:
    truth = truth_of(case)
    for recording in all_recordings(case):
        assert truth_authors(recording, CLASS_OF) == truth[recording.subject, recording.video]


@cases("windows", "sequence")
def test_half_length(case: Case) -> None:
    assert half_length(all_recordings(case)) == case["expected"]["k_p_from_gt"]


def _labels(video: Case, k: int) -> tuple[np.ndarray, np.ndarray]:
    length = (video["n_windows"] + 1) * (k // 2)
    samples = [(onset, offset) for onset, _, offset in video["gt"]]
    return frame_labels(samples, [CLASS_OF[name] for name in video["emotions"]], length, 4)


@cases("windows", "sequence")
def test_frame_labels_and_positive_windows(case: Case) -> None:
    k = case["params"]["k"]
    for subject, expected in zip(case["subjects"], case["expected"]["pseudo"], strict=True):
        for video, wanted in zip(subject["videos"], expected, strict=True):
            spot, emotion = _labels(video, k)
            assert "".join(str(int(v)) for v in spot) == wanted["spot"]
            assert "".join(str(v) for v in emotion) == wanted["emotion"]
            starts = window_starts(len(spot), k, tail=False)
            assert len(starts) == video["n_windows"]
            positive = cut(spot, starts, k).any(axis=1)
            assert np.flatnonzero(positive).tolist() == wanted["positive_windows"]


def _windows(case: Case) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Spotting targets and classes of all windows of each subject."""
    k = case["params"]["k"]
    spots, emotions = [], []
    for subject in case["subjects"]:
        labels = [_labels(video, k) for video in subject["videos"]]
        starts = [window_starts(len(spot), k, tail=False) for spot, _ in labels]
        pairs = list(zip(labels, starts, strict=True))
        spots.append(np.concatenate([cut(spot, s, k) for (spot, _), s in pairs]))
        emotions.append(np.concatenate([cut(emotion, s, k) for (_, emotion), s in pairs]))
    return spots, emotions


@cases("windows", "sequence")
def test_downsampling_counts(case: Case) -> None:
    spots, _ = _windows(case)
    for fold, expected in enumerate(case["expected"]["downsampling"]):
        train = np.concatenate([s for i, s in enumerate(spots) if i != fold] or [spots[0][:0]])
        for windows, wanted in ((train, expected["train"]), (spots[fold], expected["val"])):
            positive = windows.any(axis=1)
            assert len(windows) == wanted["windows"]
            assert positive.sum() == wanted["positive"]
            generator = np.random.default_rng(fold)
            chosen = balance(positive, case["params"]["ratio"], generator, negatives_authors)
            if "error" in wanted:
                assert set(np.flatnonzero(positive)) <= set(chosen)
            elif wanted["positive"] or wanted["selected_negative"]:
                assert len(chosen) == wanted["selected"]
                assert (~positive[chosen]).sum() == wanted["selected_negative"]


@cases("windows")
@pytest.mark.parametrize("strategy", ["0", "1", "2"])
def test_class_weights(case: Case, strategy: str) -> None:
    _, emotions = _windows(case)
    factor = 0.0 if strategy == "0" else 6.0
    weights = case["expected"]["strategies"][strategy].get("class_weights", [])
    for fold, expected in enumerate(weights):
        train = np.concatenate([e for i, e in enumerate(emotions) if i != fold])
        chosen = train[expected["selected_train_windows"]]
        counts = torch.bincount(torch.from_numpy(chosen.ravel()), minlength=5)
        if expected.get("error"):
            with pytest.raises(ConfigError, match="every class"):
                class_weights(counts, factor, missing="error", emotions=EMOTIONS)
            continue
        assert counts.tolist() == expected["counts"]
        got = class_weights(counts, factor, missing="error", emotions=EMOTIONS)
        assert got.tolist() == pytest.approx(expected["final_weights"], rel=1e-6)


@cases("loss")
def test_loss(case: Case) -> None:
    given, expected = case["input"], case["expected"]
    loss = analysis_loss(
        torch.tensor(given["spot_pred"]),
        torch.tensor(given["spot_target"], dtype=torch.float32),
        torch.tensor(given["logits"]),
        torch.tensor(given["classes"]),
        torch.tensor(given["weights"]),
    )
    assert float(loss.spot) == pytest.approx(expected["loss_spot"], rel=1e-5)
    assert float(loss.recognition) == pytest.approx(expected["loss_recog"], rel=1e-5)
    assert float(loss.total) == pytest.approx(expected["loss_total"], rel=1e-5)


# --- stitching, spotting, matching ----------------------------------------------------------------


@cases("windows")
def test_stitching(case: Case) -> None:
    for subject, expected in zip(case["subjects"], case["expected"]["stitched"], strict=True):
        curves = curves_of(subject, case)
        for row, wanted in enumerate(expected):
            length = len(wanted["score_x256"])
            assert int(curves.lengths[row]) == length
            score = (curves.score[row, :length] * 256).round().long()
            assert score.tolist() == wanted["score_x256"]
            for votes, key in ((True, "classes5"), (False, "classes4")):
                classes = frame_classes(curves.logits, votes)[row, :length]
                assert digits(classes) == wanted[key]


@cases("windows", "sequence")
def test_spotting_and_matching(case: Case) -> None:
    if case["expected"].get("error"):
        pytest.skip(f"the released code stops with {case['expected']['error']}")
    decoder, scoring = decoder_of(case), scoring_of(case)
    for subject, expected in zip(case["subjects"], case["expected"]["subjects"], strict=True):
        curves = curves_of(subject, case)
        recordings = recordings_of(subject, case)
        smoothed, threshold = decoder.spotting_curve(curves, case["k_p"])
        proposals = decoder.propose(curves, recordings, case["k_p"])
        for row, wanted in enumerate(expected["videos"]):
            length = len(wanted["smoothed"])
            assert int(smoothed.lengths[row]) == length
            values = smoothed.values[row, :length]
            assert np.allclose(values.numpy(), wanted["smoothed"], atol=TOLERANCE)
            assert same(float(values.mean()), wanted["mean"])
            assert same(float(values.max()), wanted["max"])
            assert same(float(threshold[row]), wanted["threshold"])
            own = proposals.video == row
            assert proposals.apex[own].tolist() == wanted["peaks"]
            ends = proposals.onset[own], proposals.offset[own], proposals.labels["none"][own]
            rows = torch.stack(ends, 1).tolist()
            _check_matching(scoring, rows, recordings[row], wanted)


def _check_matching(
    scoring: Protocol, rows: Sequence[Sequence[int]], recording: Recording, wanted: Case
) -> None:
    assert scoring.dummies is not None
    predicted = scoring.dummies(Intervals.of([(0, *row) for row in rows]), 1, 4)
    annotated = Intervals.of([(0, *row) for row in scoring.truth(recording)])
    matched = scoring.judge(Compared((recording,), predicted, annotated, (), ()), "none")
    judged = matched.predicted
    assert (len(rows) == 0) == wanted["dummy"]
    intervals = list(zip(judged.onset.tolist(), judged.offset.tolist(), strict=True))
    assert intervals == [tuple(interval) for interval in wanted["intervals"]]
    assert np.allclose(overlap(judged, annotated).numpy(), wanted["iou"], atol=TOLERANCE)
    match = [-1] * len(judged)
    for annotation, prediction in enumerate(matched.owner.tolist()):
        if prediction >= 0:
            match[prediction] = annotation
    assert match == wanted["match"]


@cases("windows", "sequence")
def test_cumulative_counts(case: Case) -> None:
    if case["expected"].get("error"):
        pytest.skip(f"the released code stops with {case['expected']['error']}")
    table, scoring = table_of(case), scoring_of(case)
    tp = fp = fn = 0
    for subject, expected in zip(case["subjects"], case["expected"]["subjects"], strict=True):
        recordings = recordings_of(subject, case)
        own = table[table["subject"] == subject["id"]]
        counts = scoring.evaluate(own, recordings, "spotting_first").counts
        tp, fp, fn = tp + int(counts.tp), fp + int(counts.fp), fn + int(counts.fn)
        assert {"TP": tp, "FP": fp, "FN": fn} == expected["cumulative"]
    assert {"TP": tp, "FP": fp, "FN": fn} == case["expected"]["spotting"]


# --- recognition and final scores -----------------------------------------------------------------


@cases("windows", "sequence")
@pytest.mark.parametrize("strategy", ["0", "1", "2"])
def test_labels_of_candidates(case: Case, strategy: str) -> None:
    if case["expected"].get("error"):
        pytest.skip(f"the released code stops with {case['expected']['error']}")
    decoder = decoder_of(case)
    expected = case["expected"]["strategies"][strategy]["labels"]
    for subject, wanted in zip(case["subjects"], expected, strict=True):
        curves = curves_of(subject, case)
        proposals = decoder.propose(curves, recordings_of(subject, case), case["k_p"])
        labels = proposals.labels[STRATEGY_OF[strategy]]
        for row, pred in enumerate(wanted["pred"]):
            own = labels[proposals.video == row].tolist()
            assert (own or [4]) == pred


@cases("windows", "sequence")
@pytest.mark.parametrize("strategy", ["0", "1", "2", "1-removed"])
@pytest.mark.parametrize("analyzed", [EMOTIONS, THREE], ids=["4class", "3class"])
def test_final_scores(case: Case, strategy: str, analyzed: tuple[str, ...]) -> None:
    if case["expected"].get("error"):
        pytest.skip(f"the released code stops with {case['expected']['error']}")
    expected = case["expected"]["strategies"][strategy[0]]
    wanted = expected["neutral_removed" if strategy == "1-removed" else "final"]
    # Before the removal, the released code reports strategy 1 as it does strategy 0.
    name = (
        "recognition_first" if strategy == "1-removed" else STRATEGY_OF[strategy.replace("1", "0")]
    )
    scores = scoring_of(case, analyzed).evaluate(table_of(case), all_recordings(case), name)
    counts = scores.counts
    assert (int(counts.tp), int(counts.fp), int(counts.fn)) == (
        wanted["TP"],
        wanted["FP"],
        wanted["FN"],
    )
    if wanted["error"] is not None:
        assert scores.f1 == scores.strs == 0.0
        assert scores.flags
        return
    assert same(scores.precision, wanted["precision"])
    assert same(scores.recall, wanted["recall"])
    assert same(scores.f1, wanted["f1"])
    recog = wanted.get("recog" if analyzed == EMOTIONS else "recog3")
    if recog is not None:
        _check_recognition(scores, recog)
        if ("recog3" in wanted) == (analyzed == THREE):  # STRS takes the 3-class result if any
            assert same(scores.strs, wanted["strs"])


def _check_recognition(scores: Scores, wanted: Case) -> None:
    recognition = scores.recognition
    rows = [EMOTIONS.index(name) for name in scores.analyzed]
    assert int(scores.counts.confusion[rows].sum()) == wanted["n"]
    pairs = torch.zeros(4, 5, dtype=torch.int64)
    for annotated, predicted in zip(wanted["gt"], wanted["pred"], strict=True):
        pairs[annotated, predicted] += 1
    assert scores.counts.confusion[rows].equal(pairs[rows])
    for key in ("precision", "recall", "f1", "uf1", "uar"):
        assert same(getattr(recognition, key), wanted[key]), key
    for name, score in wanted["per_class"].items():
        own = recognition.per_class[name]
        assert (own is None) == (score is None)
        if own is not None:
            assert [own.tp, own.fp, own.fn, own.tn] == [
                score[key] for key in ("TP", "FP", "FN", "TN")
            ]
            for key in ("f1", "precision", "recall"):
                assert same(getattr(own, key), score[key])
    again = average_authors(scores.counts.confusion.tolist(), rows)
    assert again.per_class == recognition.per_class


def evaluator_report(scores: Scores) -> dict[str, float]:
    """The report of the public STRS evaluator (genbing99/STRS-Metric), key by key.

    Its FN of the analysis repeats the FP; without any TP, where it stops with a KeyError, every
    value of the analysis is 0.

    Args:
        scores: from the scoring `strs_metric`.
    """
    rows = [scores.emotions.index(name) for name in scores.analyzed]
    confusion = scores.counts.confusion[rows]  # (analyzed, E+1)
    correct = int(sum(confusion[i, c] for i, c in enumerate(rows)))
    wrong = int(confusion[:, rows].sum()) - correct
    recognition = scores.recognition
    return {
        "STRS": scores.strs,
        "TP spotting": int(scores.counts.tp),
        "FP spotting": int(scores.counts.fp),
        "FN spotting": int(scores.counts.fn),
        "Precision spotting": scores.precision,
        "Recall spotting": scores.recall,
        "F1-score spotting": scores.f1,
        "TP analysis": correct,
        "FP analysis": wrong,
        "FN analysis": wrong,
        "Precision analysis": recognition.precision,
        "Recall analysis": recognition.recall,
        "F1-score analysis": recognition.f1 if scores.counts.tp else 0.0,
        "UF1 analysis": recognition.uf1,
        "UAR analysis": recognition.uar,
    }


@cases("windows", "sequence")
@pytest.mark.parametrize("strategy", ["2", "1_neutral_removed", "0"])
@pytest.mark.parametrize("classes", ["all", "3class"])
def test_strs_evaluator(case: Case, strategy: str, classes: str) -> None:
    wanted = case["expected"].get("strs_metric", {}).get(f"strategy_{strategy}", {}).get(classes)
    if wanted is None:
        pytest.skip("the case has no result of the evaluator")
    scoring = evaluator_of(case, None if classes == "all" else THREE)
    name = STRATEGY_OF[strategy[0]]
    scores = scoring.evaluate(table_of(case), all_recordings(case), name)
    if "error" in wanted:
        assert int(scores.counts.tp) == 0
        assert scores.strs == 0.0
        assert scores.flags
        return
    report = evaluator_report(scores)
    assert report.keys() == wanted.keys()
    for key, value in wanted.items():
        assert same(report[key], value), key


@cases("windows", "sequence")
def test_scores_survive_the_file(case: Case, tmp_path: Path) -> None:
    if case["expected"].get("error"):
        pytest.skip(f"the released code stops with {case['expected']['error']}")
    table = table_of(case)
    write_predictions(table, tmp_path / "predictions.csv")
    again = read_predictions(tmp_path / "predictions.csv")
    for name in STRATEGY_OF.values():
        scoring, recordings = scoring_of(case), all_recordings(case)
        before = scoring.evaluate(table, recordings, name).as_dict()
        assert scoring.evaluate(again, recordings, name).as_dict() == before
