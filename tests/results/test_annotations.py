from pathlib import Path

import pytest

from metst.datasets.labels.records import Expression, Recording, Timebase
from metst.results.annotations import read_annotations, write_annotations
from metst.results.rows import PredictionsError

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
    ("row", "printed"),
    [
        (",a,300,30,10,20,positive", "subject or video is empty"),
        ("1,a,many,30,10,20,positive", "frames: expected a whole number"),
        ("1,a,300,0,10,20,positive", "fps: expected a positive number"),
        ("1,a,300,30,10,,positive", "onset without an offset"),
        ("1,a,300,30,,20,positive", "offset without an onset"),
        ("1,a,300,30,10,20,joy", "emotion: expected one of negative"),
        ("1,z,301,30,10,20,positive", "1/z has other frames"),
        ("1,z,,30,10,20,positive", "1/z has other frames"),
        ("1,a,1e12,30,10,20,positive", "frames: expected a whole number from 0 to 100,000,000"),
        ("1,a,-3,30,10,20,positive", "frames: expected a whole number from 0"),
        ("1,a,300,1e308,10,20,positive", "fps: expected a positive number from 0.001"),
        ("1,a,300,nan,10,20,positive", "fps: expected a positive number"),
        ("1,a,300,30,10,1e20,positive", "offset: expected a whole frame number from"),
        ("1,a,300,30,inf,20,positive", "onset: expected a whole frame number, got 'inf'"),
        ("1,a,300,30,1_0,20,positive", "onset: expected a whole frame number, got '1_0'"),
        ("1,a,300,30,10,20,neutral", "emotion: expected one of negative"),
        ('1,"a,300,30,10,20,positive', "expected values between commas, a quote is not closed"),
        (f"1,a,300,30,10,20,{'x' * 200_000}", "longer than 131,072 characters"),
    ],
)
def test_bad_rows_are_told_with_their_line(tmp_path: Path, row: str, printed: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(HEAD + "1,z,300,30,5,9,negative\n" + row + "\n" + "1,z,300,30,,,\n" * 2000)
    with pytest.raises(PredictionsError, match=f"line 3: {printed}"):
        read_annotations(path)


def test_five_columns_with_words_of_their_own(tmp_path: Path) -> None:
    """The STRS evaluator's files: no lengths, no frame rate, any emotions."""
    path = tmp_path / "gt.csv"
    path.write_text("subject,video,onset,offset,emotion\n1,a,45,85,Happiness\n1,a,90,95,others\n")
    (found,) = read_annotations(path)
    assert (found.frames, found.timebase) == (0, Timebase(0.0))
    assert [(e.emotion, e.label, e.row) for e in found.micro] == [
        ("happiness", "Happiness", 2),
        ("others", "others", 3),
    ]


@pytest.mark.parametrize(
    ("head", "row", "first"),
    [
        ("subject,video,onset,offset", "1,a,0,9", 0),  # a frame 0 exists
        ("subject,video,onset,offset", "1,a,1,9", 1),
        ("subject,video,onset,offset,first", "1,a,0,9,1", 1),  # the table decides
        ("subject,video,onset,offset,first", "1,a,5,9,0", 0),
    ],
)
def test_number_of_the_first_frame(tmp_path: Path, head: str, row: str, first: int) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(f"{head}\n{row}\n")
    assert read_annotations(path)[0].timebase.first == first


def test_a_label_of_two_lines_can_be_read_again(tmp_path: Path) -> None:
    e = Expression("1", "a", 10, None, 20, "micro", "others", "two\nlines")
    write_annotations([Recording("1", "a", 30, Timebase(30.0), (e,))], tmp_path / "a.csv")
    (again,) = read_annotations(tmp_path / "a.csv")
    assert again.expressions[0].label == "two lines"
