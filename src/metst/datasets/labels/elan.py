"""Annotation files of ELAN (.eaf): intervals on tiers.

Format: https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf and its schema,
EAFv3.0.xsd. Times are whole milliseconds.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from metst.base.errors import LabelError

SUFFIX = ".eaf"


class Span(NamedTuple):
    """An annotation: from where to where it lasts, in milliseconds, and its text."""

    start: int
    end: int
    text: str


Tiers = Mapping[str, Sequence[Span]]
"""Name of a tier -> its annotations in the order of time."""


def read_eaf(path: Path) -> Tiers:
    """The tiers of a file; times count from the beginning of its first medium.

    Annotations that refer to others have their times; those without any time are left out.

    Raises:
        LabelError: the file is no ELAN file, is damaged, or has a DOCTYPE, which ELAN never writes
            and by which a small file could become a huge one.
    """
    try:
        parser = ElementTree.XMLParser(target=_NoDoctype())
        root = ElementTree.fromstring(path.read_bytes(), parser)
        return _tiers(root) if root.tag == "ANNOTATION_DOCUMENT" else _refuse(path, root.tag)
    except (OSError, ElementTree.ParseError, _DoctypeError) as error:
        msg = f"cannot be read as an ELAN file ({error}); save it with ELAN again"
        raise LabelError(path, msg) from error
    except (KeyError, ValueError) as error:
        msg = f"expected the elements and numbers of an ELAN file, found others ({error!r})"
        raise LabelError(path, msg) from error


class _DoctypeError(Exception):
    """The file has a DOCTYPE."""


class _NoDoctype(ElementTree.TreeBuilder):
    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002
        """Stop before entities are expanded."""
        msg = "it has a DOCTYPE"
        raise _DoctypeError(msg)


def _refuse(path: Path, tag: str) -> Tiers:
    raise LabelError(path, f"expected an ELAN file with ANNOTATION_DOCUMENT, found {tag}")


def _tiers(root: Element) -> Tiers:
    medium = root.find("HEADER/MEDIA_DESCRIPTOR")
    origin = int(medium.get("TIME_ORIGIN", "0")) if medium is not None else 0
    slots = {
        slot.attrib["TIME_SLOT_ID"]: int(slot.attrib["TIME_VALUE"]) + origin
        for slot in root.iter("TIME_SLOT")
        if "TIME_VALUE" in slot.attrib
    }
    ends = dict(_ends(root, slots))
    return {
        tier.attrib["TIER_ID"]: sorted(
            Span(*ends[key], text)
            for annotation in tier.iterfind("ANNOTATION/*")
            if (key := _own(annotation, ends))
            for text in [(annotation.findtext("ANNOTATION_VALUE") or "").strip()]
        )
        for tier in root.iter("TIER")
    }


def _ends(root: Element, slots: Mapping[str, int]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Start and end of each annotation that has times of its own."""
    for annotation in root.iter("ALIGNABLE_ANNOTATION"):
        refs = annotation.attrib["TIME_SLOT_REF1"], annotation.attrib["TIME_SLOT_REF2"]
        if refs[0] in slots and refs[1] in slots:
            yield annotation.attrib["ANNOTATION_ID"], (slots[refs[0]], slots[refs[1]])


def _own(annotation: Element, ends: Mapping[str, tuple[int, int]]) -> str | None:
    """Identity of the annotation whose times are those of this one; None without times."""
    own = annotation.get("ANNOTATION_REF", annotation.attrib["ANNOTATION_ID"])
    return own if own in ends else None
