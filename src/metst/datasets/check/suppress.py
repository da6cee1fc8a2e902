"""Findings that somebody has looked at and does not want to see again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from metst.base.errors import ConfigError
from metst.datasets.labels.findings import CODES, Finding


@dataclass(frozen=True)
class Suppression:
    """Findings of one code: all of them, or those of a subject, a video, or one sample.

    Attributes:
        onset: own frame number at which the finding's frames begin.
    """

    code: str
    subject: str | None = None
    video: str | None = None
    onset: int | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is meant."""
        begin = finding.frames[0] if finding.frames else None
        wanted = (self.code, self.subject, self.video, self.onset)
        given = (finding.code, finding.subject, finding.video, begin)
        return all(w is None or w == g for w, g in zip(wanted, given, strict=True))


def parse_suppression(text: str) -> Suppression:
    """Read `CODE`, `CODE@SUBJECT`, `CODE@SUBJECT/VIDEO` or `CODE@SUBJECT/VIDEO:ONSET`.

    Raises:
        ConfigError: the code does not exist, or the onset is no number.
    """
    code, _, place = text.partition("@")
    if code not in CODES:
        near = get_close_matches(code, CODES, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(CODES))}"
        msg = f"no finding has the code {code!r}{hint}"
        raise ConfigError(msg)
    sample, _, onset = place.rpartition(":") if ":" in place else (place, "", "")
    subject, _, video = sample.partition("/")
    if onset and not onset.isdigit():
        msg = f"in {text!r} expected the onset as a frame number after ':', got {onset!r}"
        raise ConfigError(msg)
    return Suppression(code, subject or None, video or None, int(onset) if onset else None)


def keep_wanted(findings: Iterable[Finding], suppress: Sequence[str]) -> list[Finding]:
    """Findings that no entry covers, in their order."""
    entries = [parse_suppression(text) for text in suppress]
    return [f for f in findings if not any(entry.covers(f) for entry in entries)]
