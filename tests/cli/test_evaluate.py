"""Protocol a table, of this or any other system, from the command line."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from metst.cli import main
from metst.datasets.casme3 import CASME3
from metst.datasets.labels import EMOTIONS, Expression, Recording, Timebase
from metst.results.annotations import read_annotations, write_annotations
from metst.results.tables import read_predictions, write_predictions
from metst.scoring.judgment import Judgment
from metst.scoring.pooling import pool, write_results
from tests.support.judged import Found, judged_run, recordings_of
from tests.support.predicted import predicted

CLASSES = ("negative", "positive", "surprise", "others")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Two subjects with one video each; every emotion once."""
    recordings = []
    for number, subject in enumerate(("s1", "s2")):
        found = tuple(
            Expression(subject, "a", 50 * i + 10, 50 * i + 15, 50 * i + 20, emotion=emotion)
            for i, emotion in enumerate(CLASSES[2 * number : 2 * number + 2])
        )
        recordings.append(Recording(subject, "a", 200, Timebase(30.0), found))
    path = tmp_path / "annotations.csv"
    write_annotations(recordings, path)
    return path


def perfect(labels: Path) -> pd.DataFrame:
    return pd.read_csv(labels)[["subject", "video", "onset", "offset", "emotion"]]


def evaluate(table: pd.DataFrame, labels: Path, capsys: Capture) -> dict[str, Any]:
    path = labels.parent / "predictions.csv"
    table.to_csv(path, index=False)
    assert main(["evaluate", str(path), "--json", "-q"]) == 0
    strict: dict[str, Any] = json.loads(capsys.readouterr().out)["protocols"]["strict"]
    return strict


def judge(
    folder: Path, annotations: str, predictions: str, capsys: Capture, *options: str
) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of two tables as text."""
    (folder / "annotations.csv").write_text(annotations)
    (folder / "p.csv").write_text(predictions)
    code = main(["evaluate", str(folder / "p.csv"), "--json", "-q", *options])
    return code, json.loads(capsys.readouterr().out)


def counted(results: dict[str, Any], protocol: str) -> tuple[int, int, int]:
    spotting = results["protocols"][protocol]["spotting"]
    return spotting["tp"], spotting["fp"], spotting["fn"]


def test_perfect_predictions_score_one(labels: Path, capsys: Capture) -> None:
    scores = evaluate(perfect(labels), labels, capsys)
    assert scores["spotting"] == {"tp": 4, "fp": 0, "fn": 0, "precision": 1, "recall": 1, "f1": 1}
    assert [scores["recognition"][key] for key in ("uf1", "uar", "f1")] == [1, 1, 1]
    assert scores["strs"] == 1


def test_no_predictions_score_zero(labels: Path, capsys: Capture) -> None:
    scores = evaluate(perfect(labels).head(0), labels, capsys)
    assert scores["spotting"] == {"tp": 0, "fp": 0, "fn": 4, "precision": 0, "recall": 0, "f1": 0}
    assert scores["strs"] == 0


def test_order_of_rows_changes_nothing(labels: Path, capsys: Capture) -> None:
    table = perfect(labels)
    table.loc[1, "emotion"] = "others"
    table.loc[2, "offset"] += 100
    straight = evaluate(table, labels, capsys)
    assert evaluate(table.iloc[::-1], labels, capsys) == straight
    assert straight["spotting"]["tp"] == 3


def test_bad_rows_are_told_by_line(labels: Path, capsys: Capture) -> None:
    table = perfect(labels)
    table.loc[1, "offset"] = 3
    table.loc[2, "emotion"] = "joy"
    path = labels.parent / "predictions.csv"
    table.to_csv(path, index=False)
    assert main(["evaluate", str(path)]) == 1
    error = capsys.readouterr().err
    assert "line 3: offset 3 lies before onset 60" in error
    assert "line 4: emotion: expected one of" in error


HEAD = "subject,video,frames,fps,first,onset,offset,emotion\n"
FIVE = "subject,video,onset,offset,emotion\n"


def test_what_is_left_out_is_counted_named_and_fails(tmp_path: Path, capsys: Capture) -> None:
    """Predictions equal to the annotations: what has no find must be named."""
    rows = [
        "6,a,300,30,1,0,20,negative",
        "6,a,300,30,1,40,60,negative",
        "6,a,300,30,1,40,60,negative",
        "6,a,300,30,1,400,420,positive",
        "6,a,300,30,1,90,80,positive",
        "6,a,300,30,1,100,120,",
        "6,b,0,30,1,9000,9020,surprise",  # of unknown length: nothing is beyond its end
    ]
    predictions = FIVE + "6,a,40,60,negative\n6,b,9000,9020,surprise\n"
    table = HEAD + "\n".join(rows)
    code, results = judge(tmp_path, table, predictions, capsys, "--protocol=strict")
    assert code == 1
    assert counted(results, "strict") == (2, 0, 0)
    assert results["ground_truth"] == {"strict": {"annotated": 7, "left_out": 5}}
    assert [(f["row"], f["code"]) for f in results["findings"]] == [
        (2, "zero-frame"),
        (4, "duplicate-row"),
        (5, "outside-video"),
        (6, "onset-after-offset"),
        (7, "no-emotion"),
    ]
    # The other rules keep some of these: the code's authors count what begins after the end.
    code, results = judge(tmp_path, table, predictions, capsys)
    assert code == 1
    left_out = {name: x["left_out"] for name, x in results["ground_truth"].items()}
    assert left_out == {"authors": 2, "strict": 5, "strs_metric": 2}
    assert main(["evaluate", str(tmp_path / "p.csv"), "--protocol", "strict"]) == 1
    text = capsys.readouterr().out
    assert "strict leaves out 5 of 7 annotated expressions" in text
    named = "line 5: 6/a 400-420: left out: it begins after the last frame, 300 (strict)"
    assert f"annotations.csv {named}" in text


def test_findings_are_accepted_by_code_and_place(tmp_path: Path, capsys: Capture) -> None:
    table = HEAD + "6,a,300,30,1,400,420,positive\n6,a,300,30,1,500,520,positive\n"
    options = ("--protocol=strict", "--suppress", "outside-video@6/a:400")
    code, results = judge(tmp_path, table, FIVE, capsys, *options)
    assert code == 1
    assert [f["row"] for f in results["findings"]] == [3]
    assert [f["row"] for f in results["accepted"]] == [2]
    code, results = judge(tmp_path, table, FIVE, capsys, *options, "outside-video")
    assert (code, results["findings"]) == (0, [])
    assert main(["evaluate", str(tmp_path / "p.csv"), "--suppress", "outside"]) == 2
    assert "did you mean outside-video?" in capsys.readouterr().err


def test_predictions_that_do_not_fit_their_video(tmp_path: Path, capsys: Capture) -> None:
    table = HEAD + "6,a,300,30,1,40,60,positive\n"
    predictions = FIVE + "6,a,301,320,positive\n6,a,-20,0,positive\n6,a,-5,9,others\n"
    code, results = judge(tmp_path, table, predictions, capsys)
    assert code == 1
    assert [(f["row"], f["code"]) for f in results["findings"]] == [
        (2, "outside-video"),
        (3, "outside-video"),
    ]
    assert counted(results, "strict") == (0, 3, 1)
    (tmp_path / "p.csv").write_text(FIVE + "6,c,1,9,positive\n")
    assert main(["evaluate", str(tmp_path / "p.csv")]) == 1
    assert "p.csv: line 2: no recording 6/c is annotated" in capsys.readouterr().err


def test_a_frame_0_counts_where_frames_begin_with_0(tmp_path: Path, capsys: Capture) -> None:
    """Wanted by hand: both are found; the authors' code skips onset 0 by its own rule."""
    predictions = "subject,video,onset,offset\n1,a,0,20\n1,a,30,40\n"
    annotations = "subject,video,onset,offset\n1,a,0,20\n1,a,30,40\n"
    code, results = judge(tmp_path, annotations, predictions, capsys, "--protocol=strict")
    assert (code, counted(results, "strict")) == (0, (2, 0, 0))
    assert "annotations.csv: the first frame of a video has the number 0" in results["notes"]
    code, results = judge(tmp_path, annotations, predictions, capsys)
    assert (code, counted(results, "authors")) == (1, (1, 1, 0))
    one = "subject,video,onset,offset,first\n1,a,0,20,1\n1,a,30,40,1\n"
    code, results = judge(tmp_path, one, predictions, capsys, "--protocol=strict")
    assert (code, counted(results, "strict")) == (1, (1, 1, 0))


def test_the_evaluators_own_files_give_its_result(tmp_path: Path, capsys: Capture) -> None:
    """By hand, by the rules of the STRS evaluator: three words, averaged over those annotated."""
    annotations = FIVE + (
        "1,a,10,20,Happiness\n1,a,50,60,disgust\n2,b,10,20,repression\n3,c,10,20,disgust\n"
    )
    predictions = FIVE + (
        "1,a,11,21,happiness\n1,a,50,60,happiness\n2,b,10,20,repression\n2,z,1,9,disgust\n"
    )
    code, results = judge(tmp_path, annotations, predictions, capsys)
    strs = results["protocols"]["strs_metric"]
    # Subject 3 has no prediction and video z no annotation: the evaluator counts neither.
    assert counted(results, "strs_metric") == (3, 0, 0)
    assert strs["analyzed"] == ["disgust", "happiness", "repression"]
    precision, recall = (0 + 1 / 2 + 1) / 3, (0 + 1 + 1) / 3
    assert strs["strs"] == pytest.approx(1 * 2 * precision * recall / (precision + recall))
    assert strs["recognition"]["uf1"] == pytest.approx((0 + 2 / 3 + 1) / 3)
    # The others do count them; that z is not listed is named.
    assert counted(results, "strict") == (3, 1, 1)
    assert (code, [f["code"] for f in results["findings"]]) == (1, ["unlisted-video"])


def test_an_emotion_that_nobody_annotated_is_named(tmp_path: Path, capsys: Capture) -> None:
    annotations = FIVE + "1,a,10,20,happiness\n1,a,50,60,disgust\n"
    predictions = FIVE + "1,a,10,20,hapiness\n1,a,50,60,disgust\n"
    code, results = judge(tmp_path, annotations, predictions, capsys)
    assert code == 1
    (finding,) = results["findings"]
    assert (finding["code"], finding["row"]) == ("unmapped-emotion", 2)
    assert "'hapiness' of 1 predictions; annotated are disgust, happiness" in finding["message"]
    assert results["protocols"]["strict"]["recognition"]["uar"] == 0.5


@pytest.mark.parametrize(
    ("annotations", "predictions"),
    [
        (
            FIVE + "1,a,10,20,others\n1,a,50,60,positive\n",
            "subject,video,onset,offset\n1,a,11,20\n",
        ),
        (FIVE + "1,a,10,20,others\n1,a,50,60,positive\n", FIVE + "1,a,11,20,\n"),
        ("subject,video,onset,offset\n1,a,10,20\n1,a,50,60\n", FIVE + "1,a,11,20,others\n"),
        (FIVE + "1,a,10,20,\n1,a,50,60,\n", FIVE + "1,a,11,20,others\n"),
    ],
)
def test_spotting_alone(
    tmp_path: Path, annotations: str, predictions: str, capsys: Capture
) -> None:
    code, results = judge(tmp_path, annotations, predictions, capsys)
    assert code == 0
    for protocol, scores in results["protocols"].items():
        assert counted(results, protocol) == (1, 0, 1)
        assert scores["strs"] is None
        assert set(scores["recognition"].values()) == {None}
        assert scores["analyzed"] == []
    assert results["confidence"]["strict"]["strs"]["low"] is None
    assert any(note.startswith("spotting alone") for note in results["notes"])
    assert main(["evaluate", str(tmp_path / "p.csv"), "--protocol=strict"]) == 0
    (row,) = (x for x in capsys.readouterr().out.splitlines() if x.startswith("│1 "))
    cells = [cell.strip() for cell in row.split("│")[2:-1]]
    assert cells == ["1", "0", "1", "1.000", "0.500", "0.667", "-", "-", "-", "-"]


@pytest.mark.parametrize(
    ("kind", "expected"), [("micro", (1, 1, 0)), ("macro", (1, 0, 1)), ("all", (2, 1, 1))]
)
def test_each_kind_is_judged_alone_or_with_the_other(
    tmp_path: Path, kind: str, expected: tuple[int, int, int], capsys: Capture
) -> None:
    annotations = (
        "subject,video,kind,onset,offset,emotion\n"
        "1,a,micro,10,20,others\n1,a,macro,50,90,\n1,a,macro,150,190,\n1,a,blink,200,205,\n"
    )
    predictions = (
        "subject,video,kind,onset,offset\n1,a,micro,10,20\n1,a,micro,50,90\n1,a,macro,50,90\n"
    )
    code, results = judge(tmp_path, annotations, predictions, capsys, f"--kind={kind}")
    assert (code, counted(results, "strict")) == (0, expected)
    assert main(["evaluate", str(tmp_path / "p.csv"), f"--kind={kind}"]) == 0
    assert ("Candidates" in capsys.readouterr().out) == (kind == "micro")


def test_nothing_annotated_is_refused(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "annotations.csv").write_text(FIVE)
    (tmp_path / "p.csv").write_text(FIVE)
    assert main(["evaluate", str(tmp_path / "p.csv")]) == 1
    assert "annotations.csv: expected rows with videos, found none" in capsys.readouterr().err


def made_run(folder: Path, *, suppress: Sequence[str] = (), **judging: Any) -> Path:  # noqa: ANN401
    """A finished run of two of three subjects, judged in its own way."""
    recordings = [
        Recording(
            subject,
            "a",
            200,
            Timebase(30.0),
            (
                Expression(subject, "a", 10, 15, 20, emotion="negative", label="sad"),
                Expression(subject, "a", 110, 115, 120, emotion="others", label="other"),
                Expression(subject, "a", 150, 155, 160, label="confused"),
            ),
        )
        for subject in ("1", "2", "3")
    ]
    rows = [
        (f"{p}/{s}", subject, "a", onset, onset + 5, onset + 10, emotion, 0.5)
        for p in ("authors", "strict")
        for s in ("none", "recognition_first", "spotting_first", "per_candidate")
        for subject, onset, emotion in (("1", 13, "negative"), ("1", 116, "others"))
    ]
    table = predicted(rows)
    tested = ["1", "2"]
    write_annotations(recordings, folder / "annotations.csv")
    write_predictions(table, folder / "predictions.csv")
    results = pool(table, recordings, subjects=tested, **judging)
    known = {"emotions": list(CLASSES), "complete": False, "demanded": 3}
    write_results({**results, **known}, folder / "results.json")
    evaluation = {"iou": judging["iou"], "kind": "micro"}
    model = {"class_path": "x.Y", "init_args": {}}
    data = {"class_path": "x.Z", "init_args": {"suppress": list(suppress)}}
    (folder / "config.yaml").write_text(
        yaml.safe_dump({"model": model, "evaluation": evaluation, "data": data})
    )
    return folder


def test_a_run_is_judged_as_it_was(tmp_path: Path, capsys: Capture) -> None:
    """Least overlap, analyzed classes, strategy, folds and accepted findings are the run's."""
    accepted = ["unmapped-emotion"]
    three = ("negative", "positive", "surprise")
    judging = {"iou": 0.25, "analyzed": three, "synergy": "none"}
    run = made_run(tmp_path, suppress=accepted, **judging)
    assert main(["evaluate", str(run), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    kept = json.loads((run / "results.json").read_text())
    assert {key: again[key] for key in kept} == kept
    assert counted(again, "strict") == (2, 0, 2)  # overlaps 8/14 and 5/17; nothing of subject 2
    assert [f["row"] for f in again["accepted"]] == [4, 7]
    assert main(["evaluate", str(run), "--json", "--iou=0.5", "--analyzed=[others]"]) == 0
    other = json.loads(capsys.readouterr().out)
    assert counted(other, "strict") == (1, 1, 3)
    assert other["protocols"]["strict"]["analyzed"] == ["others"]


THREE, SEVEN = EMOTIONS[:3], CASME3.seven

JUDGED: dict[str, tuple[Judgment, list[Found], list[Recording]]] = {
    "three classes": (
        Judgment(THREE, THREE, "spotting_first"),
        [("micro", 11, 20, "negative"), ("micro", 50, 61, "surprise")],
        recordings_of(("negative", "positive")),
    ),
    "seven classes": (
        Judgment(SEVEN, SEVEN, "none"),
        [("micro", 11, 20, "sad"), ("micro", 50, 61, "fear")],
        recordings_of(("sad", "happy")),
    ),
    "spotting alone": (Judgment((), (), "none"), [("micro", 11, 20, "")], recordings_of()),
    "nothing spotted": (Judgment((), (), "none"), [], recordings_of()),
    "macro": (
        Judgment((), (), "none", kind="macro"),
        [("micro", 11, 20, ""), ("macro", 100, 150, "")],
        recordings_of(),
    ),
    "all": (
        Judgment((), (), "none", kind="all"),
        [("micro", 11, 20, ""), ("macro", 100, 150, "")],
        recordings_of(),
    ),
}


@pytest.mark.parametrize("name", JUDGED)
def test_classes_and_kind_are_the_runs(tmp_path: Path, name: str, capsys: Capture) -> None:
    how, found, recordings = JUDGED[name]
    run = judged_run(tmp_path / "run", how, found, recordings)
    assert main(["evaluate", str(run), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    kept = json.loads((run / "results.json").read_text())
    assert {key: again[key] for key in kept} == kept
    assert main(["compare", str(run), str(run), "--json"]) == 0
    same = json.loads(capsys.readouterr().out)["scores"]["f1"]
    assert same["first"] == same["second"] == kept["protocols"]["strict"]["spotting"]["f1"]


def test_another_kind_than_the_runs_is_judged_on_request(tmp_path: Path, capsys: Capture) -> None:
    how = Judgment(EMOTIONS, EMOTIONS, "none")
    run = judged_run(
        tmp_path / "run", how, [("macro", 100, 150, "others"), ("micro", 11, 20, "others")]
    )
    assert main(["evaluate", str(run), "--json", "--kind=macro"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert (counted(results, "strict"), results["emotions"]) == ((2, 0, 0), [])


def test_a_run_with_rows_left_out_fails_unless_it_accepts_them(
    tmp_path: Path, capsys: Capture
) -> None:
    run = made_run(tmp_path, iou=0.5)
    assert main(["evaluate", str(run)]) == 1
    assert "strict leaves out 2 of 6" in capsys.readouterr().out
    assert main(["evaluate", str(run), "--suppress", "unmapped-emotion"]) == 0


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """Two equal runs with a least overlap of 0.25."""
    folders = tmp_path / "one", tmp_path / "two"
    for folder in folders:
        folder.mkdir()
        made_run(folder, suppress=["unmapped-emotion"], iou=0.25)
    return folders


def test_compare_judges_as_the_runs_were(runs: tuple[Path, Path], capsys: Capture) -> None:
    words = ["compare", *map(str, runs), "--json"]
    assert main(words) == 0
    f1 = json.loads(capsys.readouterr().out)["scores"]["f1"]
    assert f1["first"] == pytest.approx(2 * 2 / (2 * 2 + 0 + 2))
    made_run(runs[1], suppress=["unmapped-emotion"], iou=0.5)
    assert main(words) == 2
    assert "was judged with iou 0.25" in capsys.readouterr().err
    assert main([*words, "--iou=0.5"]) == 0
    assert json.loads(capsys.readouterr().out)["scores"]["f1"]["first"] == pytest.approx(2 / 6)


def test_a_spotter_is_compared_by_spotting_alone(tmp_path: Path, capsys: Capture) -> None:
    """Each by its own strategy; runs of another kind are refused."""
    both = judged_run(
        tmp_path / "both",
        Judgment(EMOTIONS, EMOTIONS, "spotting_first"),
        [("micro", 10, 20, "negative"), ("micro", 50, 60, "negative")],
    )
    spotter = judged_run(tmp_path / "spotter", Judgment((), (), "none"), [("micro", 10, 20, "")])
    for first, second, f1 in ((both, spotter, (1, 2 / 3)), (spotter, both, (2 / 3, 1))):
        assert main(["compare", str(first), str(second), "--json"]) == 0
        scores = json.loads(capsys.readouterr().out)["scores"]
        assert (scores["f1"]["first"], scores["f1"]["second"]) == pytest.approx(f1)
        assert scores["strs"]["first"] is None
    macro = judged_run(tmp_path / "macro", Judgment((), (), "none", kind="macro"))
    assert main(["compare", str(both), str(macro)]) == 2
    assert "was judged with kind micro" in capsys.readouterr().err
    assert main(["compare", str(both), str(macro), "--kind=all", "--json"]) == 0


def test_a_silent_run_does_not_profit(runs: tuple[Path, Path], capsys: Capture) -> None:
    table = read_predictions(runs[1] / "predictions.csv")
    write_predictions(table[table["subject"] != "1"], runs[1] / "predictions.csv")
    assert main(["compare", *map(str, runs), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["subjects"], found["only_first"]) == (["1", "2"], [])  # 3 was not tested
    assert found["scores"]["f1"]["second"] == 0
    assert found["scores"]["f1"]["losses"] == 1


def test_runs_of_other_annotations_are_not_compared(
    runs: tuple[Path, Path], capsys: Capture
) -> None:
    first, *others = read_annotations(runs[1] / "annotations.csv")
    write_annotations(
        [Recording("1", "a", 90, first.timebase), *others], runs[1] / "annotations.csv"
    )
    assert main(["compare", *map(str, runs)]) == 2
    assert "annotations differ in 1/a" in capsys.readouterr().err


def test_compare_counts_the_silence_of_a_table(labels: Path, capsys: Capture) -> None:
    table = perfect(labels)
    first, second = labels.parent / "first.csv", labels.parent / "second.csv"
    table.to_csv(first, index=False)
    table[table["subject"] == "s1"].to_csv(second, index=False)
    words = ["compare", str(first), str(second), f"--labels={labels}", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["subjects"] == ["s1", "s2"]
    assert found["scores"]["f1"]["losses"] == 1
    assert found["scores"]["f1"]["second"] == pytest.approx(2 * 2 / (2 * 2 + 2))


def test_a_submission_holds_own_frame_numbers(labels: Path) -> None:
    path = labels.parent / "predictions.csv"
    perfect(labels).to_csv(path, index=False)
    out = labels.parent / "megc.csv"
    assert main(["evaluate", str(path), f"--write-megc={out}"]) == 0
    written = pd.read_csv(out)
    expected = perfect(labels)[["subject", "video", "onset", "offset"]]
    pd.testing.assert_frame_equal(written[["subject", "video", "onset", "offset"]], expected)


def test_a_submission_of_videos_of_unknown_length(tmp_path: Path) -> None:
    (tmp_path / "annotations.csv").write_text(FIVE + "1,a,10,20,others\n")
    (tmp_path / "p.csv").write_text(FIVE + "1,a,-3,9000,others\n")
    out = tmp_path / "megc.csv"
    assert main(["evaluate", str(tmp_path / "p.csv"), f"--write-megc={out}"]) == 0
    assert out.read_text() == FIVE + "1,a,1,9000,others\n"


def test_places_that_are_taken_are_named(labels: Path, capsys: Capture) -> None:
    path = labels.parent / "predictions.csv"
    perfect(labels).to_csv(path, index=False)
    out = labels.parent / "file"
    out.write_text("x")
    for place in (labels.parent, out / "below" / "m.csv"):
        assert main(["evaluate", str(path), f"--write-megc={place}"]) == 1
        (error,) = capsys.readouterr().err.splitlines()
        assert str(out if place != labels.parent else place) in error
    assert main(["evaluate", str(path), f"--write-megc={labels.parent / 'new' / 'm.csv'}"]) == 0
    assert (labels.parent / "new" / "m.csv").is_file()  # a missing folder is made
