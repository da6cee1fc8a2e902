"""Numbers of a page carry the place they come from."""

import pytest
from markupsafe import escape

from metst.report.numbers import Numbers, pointer

NUMBERS = Numbers({"sub/ject": [{"f1": 2 / 3, "tp": 7, "uar": None}], "<b>": 1})


def test_a_value_is_shown_rounded_and_kept_whole() -> None:
    shown = NUMBERS.show("sub/ject", 0, "f1")
    assert shown == ('<data value="0.6666666666666666" data-path="/sub~1ject/0/f1">0.667</data>')


def test_counts_have_no_decimals_and_what_is_undefined_has_no_value() -> None:
    assert NUMBERS.show("sub/ject", 0, "tp").endswith(">7</data>")
    assert 'value=""' in NUMBERS.show("sub/ject", 0, "uar")


def test_a_path_may_begin_with_another_one() -> None:
    assert NUMBERS.at(("sub/ject", 0), "tp") == 7


def test_names_in_a_path_are_escaped() -> None:
    assert escape("/<b>") in NUMBERS.show("<b>")
    assert pointer(["a~b"]) == "/a~0b"


def test_a_place_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        NUMBERS.show("sub/ject", 0, "f2")
