"""ELAN files: what is read, and what is refused."""

from pathlib import Path

import pytest

from metst.base.errors import LabelError
from metst.datasets.labels.elan import Span, read_eaf
from tests.support.elan import EAF


def test_tiers_and_annotations_that_refer_to_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.eaf"
    path.write_text(EAF)
    assert read_eaf(path) == {
        "ME": [Span(1000, 1480, "disgust"), Span(3000, 3200, "")],
        "comment": [Span(1000, 1480, "sure")],
        "speech": [],
    }
    path.write_text(EAF.replace('MIME_TYPE="video/mp4"', 'MIME_TYPE="video/mp4" TIME_ORIGIN="500"'))
    assert read_eaf(path)["ME"][0] == Span(1500, 1980, "disgust")


BOMB = """<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]>
<ANNOTATION_DOCUMENT>&y;</ANNOTATION_DOCUMENT>"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "it has a DOCTYPE"),
        (EAF[: len(EAF) // 2], "cannot be read as an ELAN file"),
        ("<html/>", "expected an ELAN file with ANNOTATION_DOCUMENT, found html"),
        (EAF.replace('TIME_VALUE="1000"', 'TIME_VALUE="soon"'), "soon"),
        (EAF.replace("TIER_ID", "ID"), "TIER_ID"),
    ],
)
def test_what_is_no_elan_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        path = tmp_path / "a.eaf"
        path.write_bytes(text.encode(encoding))
        if encoding == "utf-8" or text == BOMB:
            with pytest.raises(LabelError, match=message):
                read_eaf(path)
