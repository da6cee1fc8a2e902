"""Checks that need nothing but the label tables."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.datasets.base import DataSet
from metst.datasets.casme3 import CASME3
from metst.datasets.check.rows import row_findings
from metst.datasets.labels.annotations import Annotations
from metst.datasets.labels.findings import by_code
from metst.datasets.labels.records import Expression, Kind
from metst.datasets.sammlv import SAMMLV


def row(
    onset: int,
    apex: int | None,
    offset: int,
    *,
    number: int = 2,
    video: str = "a",
    kind: Kind = "micro",
    label: str = "sad",
) -> Expression:
    emotion = "negative" if label == "sad" else None
    return Expression("spNO.1", video, onset, apex, offset, kind, emotion, label, number)


def found(*rows: Expression, data: DataSet = CASME3) -> list[tuple[str, int | None]]:
    return [(f.code, f.row) for f in row_findings(Annotations("x", rows, len(rows)), data)]


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        (row(10, 15, 20), []),
        (row(0, 15, 20), ["zero-frame"]),
        (row(10, 15, 0), ["zero-frame"]),
        (row(10, None, 20), ["zero-frame"]),
        (row(10, None, 20, kind="blink"), []),
        (row(16, 15, 20), ["onset-after-apex"]),
        (row(10, 25, 20), ["apex-after-offset"]),
        (row(20, 20, 10), ["apex-after-offset", "onset-after-offset", "onset-is-apex"]),
        (row(10, 10, 20), ["onset-is-apex"]),
        (row(10, 15, 20, label="confused"), ["unmapped-emotion"]),
        (row(10, 15, 20, label=""), ["no-emotion"]),
        (row(10, 15, 20, video=""), ["bad-name"]),
        (row(10, 15, 20, video=".."), ["bad-name"]),
        (row(10, 15, 20, video="a/b"), ["bad-name"]),
        (row(10, 15, 20, video="a\nb"), ["bad-name"]),
        (row(10, 15, 20, video="a\0"), ["bad-name"]),
        (row(10, 15, 20, video="a\udcff"), ["bad-name"]),  # a byte that is no text
        (row(10, 15, 20, video="a\u200b"), ["bad-name"]),  # a blank without width
        (row(10, 15, 20, video="\u5907 \u4efd:1"), []),
        (row(10, 15, 20, label="happy", kind="macro"), []),
        (row(11, 15, 25), []),  # 15 frames at 30 fps: 0.5 s
        (row(11, 15, 26), ["long-me"]),
        (row(11, 15, 70), ["long-me"]),  # 60 frames: 2 s
        (row(11, 15, 71), ["very-long-me"]),
        (row(11, 15, 500, kind="macro"), []),
    ],
)
def test_each_row_is_judged(expression: Expression, codes: list[str]) -> None:
    assert sorted(code for code, _ in found(expression)) == sorted(codes)


def test_the_frame_rate_is_that_of_the_data_set() -> None:
    assert found(row(101, 150, 200), data=SAMMLV) == []  # 100 frames at 200 fps: 0.5 s
    assert found(row(101, 150, 201), data=SAMMLV) == [("long-me", 2)]
    assert found(row(101, None, 150), data=SAMMLV) == []


def test_duplicates_are_told_at_the_later_row() -> None:
    again = row(10, 15, 20, number=3)
    assert ("duplicate-row", 3) in found(row(10, 15, 20), again)
    assert found(row(10, 15, 20), row(10, 15, 20, number=3, video="b")) == []
    assert found(row(10, 15, 20), row(10, None, 20, number=3, kind="blink")) == []


intervals = st.tuples(st.integers(1, 60), st.integers(0, 14)).map(lambda p: (p[0], p[0] + p[1]))


@given(st.lists(intervals, max_size=8))
def test_overlaps_are_found_wherever_two_rows_share_a_frame(spans: list[tuple[int, int]]) -> None:
    rows = [row(a, a, b, number=i) for i, (a, b) in enumerate(spans)]
    overlapping = {n for code, n in found(*rows) if code == "overlapping-me"}
    shared = [(i, j) for i, j in combinations(range(len(spans)), 2) if _share(spans[i], spans[j])]
    assert bool(overlapping) == bool(shared)
    assert overlapping <= {number for pair in shared for number in pair}


def _share(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return bool(set(range(a[0], a[1] + 1)) & set(range(b[0], b[1] + 1)))


def test_spellings_that_differ_in_case_are_told_at_the_rarer_one() -> None:
    rows = [
        row(10, 15, 20, number=2, video="j", label="others"),
        row(30, 35, 40, number=3, video="j", label="Others"),
        row(50, 55, 60, number=4, video="J", label="others"),
    ]
    codes = [(code, n) for code, n in found(*rows) if code == "name-case"]
    assert codes == [("name-case", 3), ("name-case", 4)]


def test_spellings_of_a_subject_with_one_key_are_findings() -> None:
    names = ("spNO.1", "spNO.1", "spno.1", "1")
    rows = [
        Expression(name, "a", 20 * i, 20 * i + 3, 20 * i + 9, "micro", "negative", "sad", i)
        for i, name in enumerate(names, start=1)
    ]
    assert [n for code, n in found(*rows) if code == "name-case"] == [3, 4]


def test_the_worst_come_first() -> None:
    ends = {3: 90, 4: 3459, 5: 300}
    rows = [row(10, 12, end, number=n, video=f"v{n}") for n, end in ends.items()]
    findings = row_findings(Annotations("x", tuple(rows), len(rows)), CASME3)
    grouped = by_code(findings)
    assert [f.row for f in grouped["very-long-me"]] == [4, 5, 3]


def test_unknown_numbers_are_no_duplicates_and_no_overlaps() -> None:
    rows = [row(0, None, 0, number=2), row(0, None, 0, number=3), row(0, 5, 30, number=4)]
    assert {code for code, _ in found(*rows)} == {"zero-frame"}
