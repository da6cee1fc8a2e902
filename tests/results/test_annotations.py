from pathlib import Path

import pytest

from metst.labels.records import Expression, Recording, Timebase
from metst.results import PredictionsError, read_annotations, write_annotations

RECORDINGS = (
    Recording(
        "006",
        "006_1",
        812,
        Timebase(200.0, 7, 1),
        (
            Expression("006", "006_1", 10, 15, 20, "micro", "surprise", "Surprise"),
            Expression("006", "006_1", 90, None, 200, "macro", None, ""),
            Expression("006", "006_1", 300, None, 310, "blink", None, "blink"),
            Expression("006", "006_1", 0, 400, 0, "micro", "others", "Other"),
        ),
    ),
    Recording("006", "006_2", 100, Timebase(200.0, 7, 1)),
    Recording("spNO.1", "a", 3, Timebase(29.97)),
)


def test_recordings_come_back_as_they_were(tmp_path: Path) -> None:
    write_annotations(RECORDINGS, tmp_path / "annotations.csv")
    assert read_annotations(tmp_path / "annotations.csv") == RECORDINGS


def test_no_recordings(tmp_path: Path) -> None:
    write_annotations((), tmp_path / "annotations.csv")
    assert read_annotations(tmp_path / "annotations.csv") == ()


HEAD = "subject,video,frames,fps,onset,offset,emotion\n"


def test_a_table_made_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(HEAD + "1,a,300,30,10,20,positive\n1,b,200,30,,,\n")
    first, second = read_annotations(path)
    assert first == Recording(
        "1",
        "a",
        300,
        Timebase(30.0),
        (Expression("1", "a", 10, None, 20, "micro", "positive", "positive"),),
    )
    assert second == Recording("1", "b", 200, Timebase(30.0))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",a,300,30,10,20,positive", "subject or video is empty"),
        ("1,a,many,30,10,20,positive", "frames: expected a whole number"),
        ("1,a,300,0,10,20,positive", "fps: expected a positive number"),
        ("1,a,300,30,10,,positive", "onset without an offset"),
        ("1,a,300,30,,20,positive", "offset without an onset"),
        ("1,a,300,30,10,20,joy", "emotion: expected one of negative"),
        ("1,z,301,30,10,20,positive", "1/z has other frames"),
    ],
)
def test_bad_rows_are_told_with_their_line(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(HEAD + "1,z,300,30,,,\n" + row + "\n")
    with pytest.raises(PredictionsError, match=f"line 3: {said}"):
        read_annotations(path)
