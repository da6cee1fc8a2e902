"""What became of every ME, and what false alarms lie over."""

from metst.datasets.conditions import Activity, Conditions
from metst.scoring.diagnosis.alarms import false_alarms
from metst.scoring.diagnosis.endings import endings
from tests.support.diagnosed import CURVES, HOW, MES, PREDICTIONS, RECORDINGS, VARIANT

STRICT = HOW.protocol("strict")


def test_each_ending() -> None:
    found = endings(PREDICTIONS, RECORDINGS, STRICT, VARIANT, CURVES)
    assert [(a.onset, a.offset) for a in found] == list(MES)
    assert [a.ending for a in found] == [
        *("found", "wrong_emotion", "withdrawn", "wrong_length", "below_threshold", "no_peak"),
        "found",
    ]
    assert [a.peak for a in found] == [None] * 4 + [0.4, None, None]
    assert [a.threshold for a in found] == [0.5] * 6 + [None]
    assert found[3].iou == 10 / 30


def test_without_curves_there_is_one_ending_for_both_kinds_of_silence() -> None:
    found = endings(PREDICTIONS, RECORDINGS, STRICT, VARIANT, {})
    assert [a.ending for a in found][4:6] == ["no_proposal"] * 2


def test_without_emotions_nothing_is_misnamed() -> None:
    alone = HOW.of_kind(PREDICTIONS.assign(emotion=""), RECORDINGS)
    spotting = type(HOW)((), (), VARIANT).protocol("strict")
    found = endings(*alone, spotting, VARIANT, {})
    assert [a.ending for a in found][:4] == ["found"] * 3 + ["wrong_length"]


def test_false_alarms_lie_over_expressions_then_activities_then_nothing() -> None:
    known = {("1", "a"): Conditions((), (Activity("speech", 440, 565), Activity("gaze", 566, 600)))}
    found = false_alarms(PREDICTIONS, RECORDINGS, VARIANT, 0.5, known)
    assert found == {"micro": 1, "macro": 1, "blink": 1, "speech": 1, "gaze": 0, "nothing": 1}
    nothing = false_alarms(PREDICTIONS, RECORDINGS, VARIANT, 0.5, {})
    assert nothing == {"micro": 1, "macro": 1, "blink": 1, "nothing": 2}
