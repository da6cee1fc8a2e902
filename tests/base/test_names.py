"""Names: sorted, compared and printed."""

from hypothesis import given
from hypothesis import strategies as st

from metst.base.names import first_few, folded, is_utf8, natural_key, printable


def test_natural_key_counts_numbers_as_numbers() -> None:
    for ordered in (
        ["7", "12"],
        ["006_1_2", "006_1_10"],
        ["a9", "a10", "b1"],
        ["spNO.9", "spNO.10"],
    ):
        turned = ordered[::-1]
        assert sorted(turned, key=natural_key) == ordered
    assert natural_key("a07") != natural_key("a7")


@given(st.lists(st.text("a1_0.²", max_size=6)))
def test_natural_key_is_a_total_order_of_names(names: list[str]) -> None:
    ordered = sorted(names, key=natural_key)
    turned = ordered[::-1]
    assert sorted(turned, key=natural_key) == ordered


def test_names_that_look_alike_fold_to_one() -> None:
    assert folded("A") == folded("a") != folded("b")
    assert folded("Ren\u00e9") == folded("rene\u0301") != folded("rene")


@given(st.binary(max_size=12))
def test_every_name_of_a_file_system_can_be_printed(name: bytes) -> None:
    text = name.decode(errors="surrogateescape")
    printable(text).encode()  # raises nothing
    assert is_utf8(text) == (not any("\udc80" <= c <= "\udcff" for c in text))


def test_bytes_are_shown() -> None:
    assert printable("\u88ab\u8bd53") == "\u88ab\u8bd53"
    gbk = "\u88ab\u8bd53".encode("gbk").decode(errors="surrogateescape")
    assert printable(gbk) == r"\xb1\xbb\xca\xd43"


def test_a_message_lists_the_first_few_names() -> None:
    assert first_few([]) == ""
    assert first_few(["a", "b"], most=2) == "a, b"
    assert first_few(["a", "b", "c"], most=1) == "a and 2 more"
