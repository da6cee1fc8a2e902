"""Names of subjects and videos."""

import pytest

from metst.datasets.check.names import name_findings

GBK = "\u88ab\u8bd53".encode("gbk").decode(errors="surrogateescape")


@pytest.mark.parametrize(
    ("videos", "expected"),
    [
        ([("s1", "a"), ("s1", "b"), ("s2", "a")], []),
        ([("s1", "a"), ("s1", "A")], [("name-case", "s1", "A")]),
        ([("s1", "a"), ("S1", "b")], [("name-case", "S1", None)]),
        ([("Ren\u00e9", "a"), ("Rene\u0301", "b")], [("name-case", "Rene\u0301", None)]),
        ([("s1", "a"), ("s1", "a"), ("s1", "a")], [("same-name", "s1", "a")]),
        ([(GBK, "a"), (GBK, "b")], [("not-utf8", GBK, None)]),
        ([("s1", GBK)], [("not-utf8", "s1", GBK)]),
        ([("P1.1", "a"), ("P2.1", "a")], []),
    ],
)
def test_names_have_to_be_one_thing(
    videos: list[tuple[str, str]], expected: list[tuple[str, str, str | None]]
) -> None:
    found = list(name_findings(videos))
    assert [(f.code, f.subject, f.video) for f in found] == expected


def test_bytes_are_shown_with_the_way_to_rename_them() -> None:
    (found,) = name_findings([(GBK, "a")])
    assert str(found).encode()
    assert r"found the bytes \xb1\xbb\xca\xd43; rename it" in found.message
    assert "convmv" in found.message
