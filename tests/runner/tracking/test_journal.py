"""Numbers of rows are given away once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.runner.tracking.journal import Journal

KEYS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("0123")), max_size=12)


@given(parts=st.lists(KEYS, max_size=4))
def test_a_row_keeps_its_number_over_restarts(
    parts: list[list[tuple[str, str]]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.json"
    known: dict[tuple[str, str], int] = {}
    for keys in parts:
        numbers = Journal(path).numbered(keys)
        assert all(known.setdefault(key, number) == number for key, number in numbers.items())
    assert sorted(known.values()) == list(range(len(known)))


def test_rows_that_wandb_has_from_elsewhere_keep_their_numbers(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.json")
    assert journal.numbered([("a", "0")], least=5) == {("a", "0"): 5}
    assert journal.numbered([("a", "1")], least=5) == {("a", "1"): 6}


def test_a_run_that_an_agent_names_is_another_one(tmp_path: Path) -> None:
    first = Journal(tmp_path / "journal.json")
    first.numbered([("a", "0")])
    first.conclude("digest")
    same = Journal(tmp_path / "journal.json", first.run_id)
    assert same.concluded == "digest"
    other = Journal(tmp_path / "journal.json", "named")
    assert (other.run_id, other.concluded) == ("named", "")
    assert other.numbered([("b", "0")]) == {("b", "0"): 0}


def test_a_damaged_journal_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal.json"
    path.write_text('{"id": "x", "ro')
    assert Journal(path).run_id != "x"
