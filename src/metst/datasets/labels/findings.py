"""Findings: what is wrong or odd in a data set, each with a code, a severity and a place."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path

from metst.base.names import printable
from metst.datasets.labels.records import Expression


class Severity(IntEnum):
    """How much a finding matters; the largest one present is the exit code of a check."""

    INFO = 0
    WARNING = 1
    ERROR = 2


CODES: dict[str, tuple[Severity, str]] = {
    # label tables
    "unreadable-table": (Severity.WARNING, "a spreadsheet beside the label tables cannot be read"),
    "ignored-table": (Severity.WARNING, "another label file fits and is not read"),
    "ignored-sheet": (Severity.ERROR, "a sheet with the columns of a label table is not read"),
    "repeated-column": (Severity.ERROR, "two columns of a label table have one name"),
    "nameless-row": (Severity.WARNING, "a row names no video"),
    "bad-number": (Severity.WARNING, "a frame number is not a whole number"),
    "bad-time": (Severity.ERROR, "an onset or offset is no time"),
    "zero-frame": (Severity.WARNING, "a frame number is zero or missing"),
    "onset-after-apex": (Severity.WARNING, "the onset comes after the apex"),
    "apex-after-offset": (Severity.WARNING, "the apex comes after the offset"),
    "onset-is-apex": (Severity.INFO, "onset and apex are the same frame"),
    "onset-after-offset": (Severity.ERROR, "the expression ends before it begins"),
    "bad-name": (Severity.ERROR, "a subject or video has a name that no folder can have"),
    "unknown-type": (Severity.ERROR, "a row is neither a micro- nor a macro-expression"),
    "unmapped-emotion": (Severity.ERROR, "the emotion belongs to no emotion class"),
    "no-emotion": (Severity.ERROR, "the tables name no emotion for a micro-expression"),
    "overlapping-me": (Severity.WARNING, "two micro-expressions of a video overlap"),
    "long-me": (Severity.INFO, "a micro-expression is longer than 0.5 s"),
    "very-long-me": (Severity.WARNING, "a micro-expression is longer than 2 s"),
    "duplicate-row": (Severity.WARNING, "the same expression is annotated twice"),
    "name-case": (Severity.WARNING, "two names differ only in case or coding"),
    "tables-disagree": (Severity.WARNING, "two label tables list different micro-expressions"),
    "tables-contradict": (Severity.WARNING, "label rows contradict each other"),
    "emotion-shift": (Severity.WARNING, "the authors' rules pair samples with the wrong emotions"),
    "count": (Severity.INFO, "a count differs from the published one"),
    # tables of an evaluation
    "unlisted-video": (Severity.WARNING, "a prediction is in a video that is not annotated"),
    # tables against folders
    "no-folder": (Severity.ERROR, "an annotated video has no folder"),
    "same-name": (Severity.ERROR, "two subjects or videos have one name"),
    "not-utf8": (Severity.ERROR, "the name of a folder is not UTF-8"),
    "no-annotation": (Severity.INFO, "a video folder has no annotation"),
    "outside-video": (Severity.ERROR, "an annotation lies outside its video"),
    # images
    "no-images": (Severity.ERROR, "a video folder holds no image"),
    "frame-gap": (Severity.INFO, "frame numbers are missing"),
    "gap-in-me": (Severity.WARNING, "frames of a micro-expression are missing"),
    "odd-name": (Severity.WARNING, "the name of an image is not that of a frame"),
    "same-number": (Severity.ERROR, "two images have the same frame number"),
    "bad-image": (Severity.ERROR, "an image cannot be read"),
    # video files
    "odd-video": (Severity.WARNING, "something is odd about a video file"),
    "frame-rate": (Severity.ERROR, "a video has another frame rate than its labels count"),
    # extraction
    "no-face": (Severity.WARNING, "no face was found"),
    "short-video": (Severity.WARNING, "a video is shorter than one window"),
    "no-features": (Severity.ERROR, "a video cannot be measured and is left out"),
}
"""Severity and meaning of every code."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or odd.

    Attributes:
        code: key of `CODES`.
        path: file or folder concerned.
        row: row of the label table, as a spreadsheet shows it.
        frames: first and last frame concerned, own numbers, both inclusive.
        size: how bad it is among findings of its code; larger is worse, the unit is the code's.
    """

    code: str
    message: str
    path: Path | None = None
    row: int | None = None
    subject: str | None = None
    video: str | None = None
    frames: tuple[int, int] | None = None
    size: float = 0.0

    @property
    def severity(self) -> Severity:
        """How much it matters; a property of the code."""
        return CODES[self.code][0]

    def __str__(self) -> str:
        """Where and what, in one line."""
        place = "/".join(name for name in (self.subject, self.video) if name)
        return printable(f"{place}: {self.message}" if place else self.message)

    def to_json(self) -> dict[str, object]:
        """Plain types for JSON; fields that do not apply are left out."""
        fields = asdict(self) | {"path": str(self.path) if self.path else None}
        fields["size"] = self.size or None
        known = {name: value for name, value in fields.items() if value is not None}
        return {"severity": self.severity.name.lower()} | known


def about(
    expression: Expression, code: str, message: str, path: Path | None, size: float = 0.0
) -> Finding:
    """Finding about one annotated expression of the table `path`."""
    return Finding(
        code,
        message,
        path=path,
        row=expression.row,
        subject=expression.subject,
        video=expression.video,
        frames=(expression.onset, expression.offset),
        size=size,
    )


def by_code(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by code, the gravest code first and the worst finding of each first."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.code, []).append(finding)
    codes = sorted(found, key=lambda code: (-CODES[code][0], code))
    return {code: sorted(found[code], key=lambda finding: -finding.size) for code in codes}


def worst(findings: Iterable[Finding]) -> Severity:
    """The largest severity; INFO where there is nothing."""
    return max((finding.severity for finding in findings), default=Severity.INFO)
