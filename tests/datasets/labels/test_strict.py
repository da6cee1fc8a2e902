"""The corrected rules: a sample and its emotion are one record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.datasets.labels import EMOTIONS, Expression, Recording, Timebase, samples
from metst.datasets.labels.strict import dropped, strict_samples


def expression(
    onset: int, offset: int, emotion: str | None = "negative", row: int = 2
) -> Expression:
    return Expression(
        "s", "v", onset, None, offset, emotion=emotion, label=emotion or "confused", row=row
    )


def recording(*rows: Expression, frames: int = 100, skip: int = 1) -> Recording:
    return Recording("s", "v", frames, Timebase(200.0, skip), rows)


def test_a_dropped_row_takes_its_emotion_along() -> None:
    video = recording(expression(0, 9, "negative"), expression(20, 30, "positive", row=3))
    assert samples(video, "strict") == [(19, None, 29, "positive")]
    assert [d.row for d in dropped([video])] == [2]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (expression(5, 9, None), "'confused' belongs to no class"),
        (expression(0, 9), "zero or missing"),
        (expression(5, 0), "zero or missing"),
        (expression(9, 5), "ends before"),
        (expression(101, 120), "after the last frame, 100"),
        (expression(1, 100, row=7), "the same as row 5"),
    ],
)
def test_each_reason_is_told(row: Expression, reason: str) -> None:
    good = expression(1, 100, row=5)
    found = strict_samples(recording(good, row))
    assert found.expressions == (good,)
    assert reason in found.dropped[0].reason


def test_a_video_without_expressions_is_not_dropped() -> None:
    assert dropped([recording()]) == []
    assert samples(recording(), "strict") == []


def test_an_offset_beyond_the_video_stays() -> None:
    assert samples(recording(expression(95, 130)), "strict") == [(94, None, 129, "negative")]


rows = st.builds(
    expression,
    onset=st.integers(-1, 120),
    offset=st.integers(-1, 120),
    emotion=st.sampled_from([*EMOTIONS, None]),
)


@given(st.lists(rows, max_size=6), st.integers(1, 7))
def test_every_row_is_either_a_valid_sample_or_dropped(given: list[Expression], skip: int) -> None:
    video = recording(*given, skip=skip)
    found = strict_samples(video)
    assert len(found.expressions) + len(found.dropped) == len(given)
    for onset, _, offset, emotion in samples(video, "strict"):
        assert 0 <= onset <= offset
        assert onset < video.frames
        assert emotion in EMOTIONS
    assert len(set(found.expressions)) == len(found.expressions)
