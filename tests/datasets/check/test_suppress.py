"""Findings that nobody wants to see again."""

import pytest

from metst.base.errors import ConfigError
from metst.datasets.check.suppress import keep_wanted, parse_suppression
from metst.datasets.labels.findings import Finding

FINDINGS = [
    Finding("long-me", "", subject="spNO.1", video="a", frames=(10, 40)),
    Finding("long-me", "", subject="spNO.1", video="a", frames=(50, 90)),
    Finding("long-me", "", subject="spNO.1", video="b", frames=(10, 40)),
    Finding("long-me", "", subject="spNO.2", video="a", frames=(10, 40)),
    Finding("zero-frame", "", subject="spNO.1", video="a", frames=(0, 40)),
    Finding("count", ""),
]


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        ("long-me", [4, 5]),
        ("long-me@spNO.1", [3, 4, 5]),
        ("long-me@spNO.1/a", [2, 3, 4, 5]),
        ("long-me@spNO.1/a:50", [0, 2, 3, 4, 5]),
        ("zero-frame@spNO.1/a:0", [0, 1, 2, 3, 5]),
        ("count", [0, 1, 2, 3, 4]),
        ("count@spNO.1", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_an_entry_covers_what_it_names(entry: str, left: list[int]) -> None:
    assert keep_wanted(FINDINGS, [entry]) == [FINDINGS[i] for i in left]


def test_entries_add_up() -> None:
    assert keep_wanted(FINDINGS, ["long-me", "zero-frame"]) == [FINDINGS[5]]
    assert keep_wanted(FINDINGS, []) == FINDINGS


def test_mistakes_are_told() -> None:
    with pytest.raises(ConfigError, match="did you mean long-me"):
        parse_suppression("long-mes")
    with pytest.raises(ConfigError, match="frame number after ':', got 'x'"):
        parse_suppression("long-me@spNO.1/a:x")


def test_a_name_may_hold_a_colon() -> None:
    entry = parse_suppression("long-me@12:30/a:b:50")
    assert (entry.subject, entry.video, entry.onset) == ("12:30", "a:b", 50)
