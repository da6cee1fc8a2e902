from pathlib import Path

import pandas as pd
import pytest

from metst.datasets.labels.records import Expression, Recording, Timebase
from metst.intervals.predictions import COLUMNS
from metst.results.megc import write_megc
from metst.results.rows import PredictionsError
from metst.results.tables import read_predictions, write_predictions
from tests.support.predicted import predicted

RECORDING = Recording("spNO.1", "a", 300, Timebase(30.0), (Expression("spNO.1", "a", 10, 15, 20),))


def table() -> pd.DataFrame:
    values = [0.1, 0.2, 0.3, 0.15, 0.25]
    rows = [
        ("strict/none", "spNO.1", "a", 10, 15, 20, "surprise", 0.1 + 0.2, *values),
        ("strict/spotting_first", "spNO.1", "a", 10, 15, 20, "neutral", 1 / 3, *values),
        ("authors/none", "007", "007_1", -13, 1, 15, "positive", 0.5, *values),
    ]
    return predicted(rows)


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    write_predictions(table(), tmp_path / "p.csv")
    pd.testing.assert_frame_equal(read_predictions(tmp_path / "p.csv"), table(), check_dtype=False)
    assert read_predictions(tmp_path / "p.csv")["score"].tolist() == table()["score"].tolist()


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    write_predictions(table()[:0], tmp_path / "p.csv")
    again = read_predictions(tmp_path / "p.csv")
    assert tuple(again.columns) == COLUMNS  # no probabilities of anything
    assert len(again) == 0


def test_a_bare_table_is_filled_in(tmp_path: Path) -> None:
    text = "video,subject,onset,offset,emotion,remark\n007_1,007,10,21,surprise,x\n"
    row = read_predictions(write(tmp_path / "bare.csv", text)).iloc[0]
    assert (row["subject"], row["video"], row["apex"]) == ("007", "007_1", 15)
    assert (row["variant"], row["kind"], row["score"]) == ("", "micro", 1.0)


def test_a_table_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    text = OLD + "strict,none,1,a,1,2,others\n"
    assert read_predictions(write(tmp_path / "old.csv", text))["variant"].tolist() == [
        "strict/none"
    ]


GOOD = "subject,video,onset,offset,emotion\n1,a,10,20,surprise\n"
SCORED = "subject,video,onset,offset,emotion,score\n"
OLD = "protocol,synergy,subject,video,onset,offset,emotion\n"
MARKED = "variant,subject,video,onset,offset,emotion\n"
KINDS = "subject,video,onset,offset,kind\n"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("subject,video,onset,emotion\n1,a,10,surprise\n", "offset missing in line 1"),
        (GOOD + "1,a,ten,20,surprise\n", "line 3: onset: expected a whole frame number"),
        (GOOD + "1,a,1.5,20,surprise\n", "line 3: onset"),
        (GOOD + "1,a,nan,20,surprise\n", "line 3: onset"),
        (GOOD + "1,a,inf,20,surprise\n", "line 3: onset"),
        (GOOD + "1,a,30,20,surprise\n", "line 3: offset 20 lies before onset 30"),
        (GOOD + "1,a,10,20,others\n", "line 3: the same interval as line 2"),
        (GOOD + "1,a,30,40\n", "line 3: emotion is empty"),
        (GOOD + "1,a,30,40,others,7,8\n", "line 3: more values than columns"),
        ("", "expected the columns subject, video, onset, offset; the file is empty"),
        ("subject;video;onset;offset\n", "video, onset, offset missing in line 1"),
        (GOOD.replace("emotion", "offset"), "line 1: several columns are called 'offset'"),
        (GOOD + "1,a,10.0,20,others\n", "line 3: the same interval as line 2"),
        (GOOD + "1,a,10,1e20,others\n", "line 3: offset: expected a whole frame number from"),
        (GOOD + "1,a,-1e9,20,others\n", "line 3: onset: expected a whole frame number from"),
        (GOOD + "1,a,30,40,\n", "line 3: emotion is empty"),
        (GOOD + '6,"a,70,80,surprise\n' + "6,a,10,20,surprise\n" * 8000, "line 3: expected values"),
        (GOOD + f"1,{'a' * 200_000},1,2,others\n", "line 3: longer than 131,072 characters"),
        (GOOD + "1,a\0,30,40,others\n", "line 3: expected a readable CSV file"),
        (SCORED + "1,a,30,40,others,1e308\n", "line 2: score: expected a number from"),
        (SCORED + "1,a,30,40,others,nan\n", "line 2: score: expected a number, got 'nan'"),
        (MARKED + "strict/none,1,a,1,2,others\n,1,a,4,5,others\n", "line 3: variant is empty"),
        (MARKED + "strickt/none,1,a,1,2,others\n", "line 2: variant: expected one of authors"),
        (OLD + "strict,non,1,a,1,2,others\n", "line 2: variant: expected one of authors/none"),
        (KINDS + "1,a,1,2,blink\n", "line 2: kind: expected one of micro, macro"),
    ],
)
def test_bad_rows_are_told_with_their_line(tmp_path: Path, text: str, printed: str) -> None:
    with pytest.raises(PredictionsError, match=printed):
        read_predictions(write(tmp_path / "bad.csv", text))


def test_an_unknown_video_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.csv", GOOD.replace("1,a", "spNO.1,a") + "spNO.1,b,10,20,others\n")
    with pytest.raises(PredictionsError, match=r"line 3: no recording spNO\.1/b is annotated"):
        read_predictions(path, [RECORDING])
    assert len(read_predictions(path)) == 2


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"1,a,{i + 30},20,surprise\n" for i in range(25))
    with pytest.raises(PredictionsError, match="25 bad rows") as caught:
        read_predictions(write(tmp_path / "bad.csv", GOOD + rows))
    assert "and 15 more" in str(caught.value)


def test_a_missing_file_and_a_binary_one(tmp_path: Path) -> None:
    with pytest.raises(PredictionsError, match="readable CSV"):
        read_predictions(tmp_path / "none.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(PredictionsError, match="readable CSV"):
        read_predictions(tmp_path / "binary.csv")


@pytest.mark.parametrize(
    ("data", "printed"),
    [
        (GOOD.encode("utf-16"), "line 1: .*this is UTF-16; save"),
        ((GOOD + "1,é,30,40,others\n").encode("latin-1"), "line 3: .*byte 0xe9 is none"),
        ((GOOD + "1,视频,30,40,others\n").encode("gbk"), "line 3: .*byte 0xca is none"),
        (GOOD.encode("utf-16-le"), "line 1: .*a zero byte"),
        (b"PK\x03\x04\x8c", r"line 1: .*this is a spreadsheet \(xlsx\)"),
    ],
)
def test_other_encodings_are_named_with_their_line(
    tmp_path: Path, data: bytes, printed: str
) -> None:
    (tmp_path / "p.csv").write_bytes(data)
    with pytest.raises(PredictionsError, match=printed):
        read_predictions(tmp_path / "p.csv")


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_lines_may_end_as_on_any_machine(tmp_path: Path, end: str) -> None:
    text = (GOOD + "1,a,30,40,others").replace("\n", end)
    (tmp_path / "p.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_predictions(tmp_path / "p.csv")["onset"].tolist() == [10, 30]
    bad = (GOOD + "1,a,40,30,others").replace("\n", end)
    (tmp_path / "p.csv").write_bytes(bad.encode())
    with pytest.raises(PredictionsError, match="line 3: offset 30 lies before"):
        read_predictions(tmp_path / "p.csv")


def test_one_bad_row_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", GOOD + "1,a,40,30,others\n")
    with pytest.raises(PredictionsError) as caught:
        read_predictions(path)
    assert str(caught.value) == f"{path}: line 3: offset 30 lies before onset 40"


def test_a_table_without_a_column_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(PredictionsError, match="lacks score"):
        write_predictions(table().drop(columns="score"), tmp_path / "p.csv")
    assert not (tmp_path / "p.csv").exists()


def test_the_challenge_table_has_frames_that_exist(tmp_path: Path) -> None:
    rows = table()[:1]
    edge = rows.assign(onset=-3, offset=8)
    neutral = rows.assign(onset=100, offset=120, emotion="neutral")
    both = pd.concat([rows, edge, neutral], ignore_index=True)
    count = write_megc(both, [RECORDING], tmp_path / "m.csv", synergy="none")
    assert count == 2
    again = read_predictions(tmp_path / "m.csv")
    intervals = list(zip(again["onset"], again["offset"], strict=True))
    assert intervals == [(10, 20), (1, 8)]


@pytest.mark.parametrize(
    ("changes", "printed"),
    [
        ({"video": "b"}, "no such video"),
        ({"onset": 400, "offset": 410}, "outside of the video"),
        ({}, "twice"),
    ],
)
def test_what_cannot_be_submitted(tmp_path: Path, changes: dict[str, object], printed: str) -> None:
    rows = pd.concat([table()[:1], table()[:1].assign(**changes)], ignore_index=True)
    with pytest.raises(PredictionsError, match=printed):
        write_megc(rows, [RECORDING], tmp_path / "m.csv", synergy="none")
