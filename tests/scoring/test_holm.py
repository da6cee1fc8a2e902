"""Holm's correction."""

import pytest

from metst.scoring.compare import holm


def test_each_is_multiplied_by_the_tests_left_and_none_falls_below_the_one_before() -> None:
    raised = holm({"a": 0.04, "b": 0.01, "c": 0.03, "d": 0.9})
    assert raised == pytest.approx({"b": 0.04, "c": 0.09, "a": 0.09, "d": 0.9})
    assert holm({"a": 0.6, "b": 0.7}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}
