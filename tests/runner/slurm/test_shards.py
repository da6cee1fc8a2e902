"""Shards: each item in exactly one, none much larger than another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metst.base.errors import ConfigError
from metst.runner.slurm import Shard


@given(st.lists(st.integers(), unique=True, max_size=50), st.integers(1, 60))
def test_shards_share_a_list_evenly(items: list[int], count: int) -> None:
    parts = [Shard.read(f"{number}/{count}").of(items) for number in range(1, count + 1)]
    assert sorted(x for part in parts for x in part) == sorted(items)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("text", ["", "3", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b", "1.5/2"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="such as 3/8, got"):
        Shard.read(text)


def test_a_shard_is_written_as_it_is_read() -> None:
    assert str(Shard.read("3/8")) == "3/8"
    assert Shard.read("3/8") == Shard(3, 8)
