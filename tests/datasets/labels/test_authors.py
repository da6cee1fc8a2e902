"""The authors' row rules, case by case and spelled out; `test_oracle` has their own numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.base.errors import MetstError
from metst.datasets.base import DataSet
from metst.datasets.casme3 import CASME3
from metst.datasets.labels import Expression, Recording, Timebase, samples
from metst.datasets.labels.authors import dropped, half_length, video_lists

Row = tuple[int, int | None, int, str]


def recording(*rows: Row, data: DataSet = CASME3, skip: int = 1) -> Recording:
    emotions = data.emotions()
    micro = tuple(
        Expression("spNO.1", "a", on, apex, off, "micro", emotions.class_of(label), label, row)
        for row, (on, apex, off, label) in enumerate(rows, start=2)
    )
    return Recording("spNO.1", "a", 1000, Timebase(30.0, skip), micro)


def test_a_skipped_onset_shifts_the_emotions_that_follow() -> None:
    video = recording((0, 5, 9, "fear"), (20, 25, 30, "happy"), (40, 45, 50, "surprise"))
    lists = video_lists(video)
    assert lists.samples == ((19, 24, 29), (39, 44, 49))
    assert lists.emotions == ("negative", "positive", "surprise")
    assert lists.shifted
    assert [d.row for d in lists.dropped] == [2]
    assert samples(video, "authors") == [(19, 24, 29, "negative"), (39, 44, 49, "positive")]


def test_an_emotion_without_class_leaves_its_sample() -> None:
    video = recording((10, 15, 20, "contempt"), (30, 35, 40, "happy"))
    assert video_lists(video).samples == ((9, 14, 19), (29, 34, 39))
    assert video_lists(video).emotions == ("positive",)
    assert video_lists(video).shifted
    # the second sample has no emotion left: the released code stops here, the rule leaves it out
    assert samples(video, "authors") == [(9, 14, 19, "positive")]


def test_an_unknown_emotion_is_ignored_altogether() -> None:
    video = recording((10, 15, 20, "confused"), (30, 35, 40, "Happy"))
    assert video_lists(video).samples == ((29, 34, 39),)
    assert not video_lists(video).shifted
    assert "confused" in video_lists(video).dropped[0].reason


def test_without_an_offset_the_sample_ends_at_the_apex() -> None:
    assert video_lists(recording((0, 5, 0, "sad"))).samples == ((-1, 4, 4),)
    assert video_lists(recording((3, None, 0, "sad"))).samples == ((2, -2, -2),)


def test_frames_are_truncated_toward_zero() -> None:
    assert video_lists(recording((1, 8, 0, "sad"), skip=7)).samples == ((0, 1, 1),)
    assert video_lists(recording((0, 0, 0, "sad"), skip=7)).samples == ((0, 0, 0),)


def test_names_are_compared_literally() -> None:
    row = Expression("spNO.1", "J", 5, 6, 9, emotion="others", label="others")
    video = Recording("spNO.1", "j", 100, Timebase(30.0), (row,))
    assert samples(video, "authors") == []
    assert samples(video, "strict") == [(4, 5, 8, "others")]


def test_dropped_tells_rows_videos_and_subjects() -> None:
    free = Recording("spNO.2", "b", 100, Timebase(30.0))
    gone = dropped([recording((0, 5, 9, "fear")), free])
    assert [(d.level, d.subject) for d in gone] == [
        ("row", "spNO.1"), ("video", "spNO.1"), ("video", "spNO.2"),
        ("subject", "spNO.1"), ("subject", "spNO.2"),
    ]  # fmt: skip
    assert all(d.reason for d in gone)


def test_half_length_counts_kept_videos_only() -> None:
    left_out = recording((0, 5, 900, "fear"), (0, 5, 9, "fear"))
    assert half_length([left_out, recording((1, 5, 21, "fear"))]) == 10  # int((20 + 1) / 2)
    with pytest.raises(MetstError, match="k_p"):
        half_length([left_out])


labels = st.sampled_from(
    ["Anger", "happy", "surprise", "Others", "contempt", "repression", "tense"]
)
rows = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), labels)


@given(st.lists(rows, max_size=6), st.integers(1, 7))
def test_lists_agree_with_the_rules_spelled_out(table: list[Row], skip: int) -> None:
    samples_, emotions = spelled_out(table, skip)
    video = video_lists(recording(*table, skip=skip))
    assert [list(sample) for sample in video.samples] == samples_
    assert list(video.emotions) == emotions
    assert video.kept == bool(samples_ and emotions)
    own = [e for r in table if (e := spelled_out([r], skip))[0]]
    assert video.shifted == ([e[1] for e in own] != [[e] for e in emotions])


def spelled_out(table: list[Row], skip: int) -> tuple[list[list[int]], list[str]]:
    """The rules word by word, for CAS(ME)^3."""
    found, emotions = [], []
    for onset, apex, offset, label in table:
        word = label.lower()
        if word not in ("anger", "happy", "surprise", "others", "contempt", "repression"):
            continue
        if word == "anger":
            emotions.append("negative")
        elif word == "happy":
            emotions.append("positive")
        elif word in ("surprise", "others"):
            emotions.append(word)
        assert apex is not None
        if offset == 0:
            found.append([onset - 1, apex - 1, apex - 1])
        elif onset != 0:
            found.append([onset - 1, apex - 1, offset - 1])
    return [[int(number / skip) for number in sample] for sample in found], emotions
