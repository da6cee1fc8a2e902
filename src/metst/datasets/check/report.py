"""The result of a check: counts, findings, dropped rows; as JSON and as text."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from textwrap import wrap

from metst.datasets.labels.ceiling import Ceiling
from metst.datasets.labels.dropped import Dropped
from metst.datasets.labels.findings import CODES, Finding, by_code, worst
from metst.datasets.labels.samples import Rule

EXAMPLES = 5
"""Findings of a code that the text spells out, the worst first; the JSON holds all."""

WIDTH = 80
"""Columns of the text."""


@dataclass(frozen=True)
class Usable:
    """What is left by one rule."""

    subjects: int
    videos: int
    samples: int


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        numbers: counts of the tables as they stand and of the folders, by name.
        emotions: micro-expressions by lower-cased label.
        published: counts in the publications, by the same names.
        usable: what each rule keeps.
        dropped: what each rule leaves out, with the reasons.
        suppressed: number of findings that were not wanted.
        ceiling: what intervals of one length can find at all; None without micro-expressions.
    """

    dataset: str
    numbers: Mapping[str, int]
    emotions: Mapping[str, int]
    findings: tuple[Finding, ...]
    published: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    usable: Mapping[Rule, Usable] = field(default_factory=dict)
    dropped: Mapping[Rule, Sequence[Dropped]] = field(default_factory=dict)
    suppressed: int = 0
    ceiling: Ceiling | None = None

    @property
    def exit_code(self) -> int:
        """0 where nothing is worse than a remark, 1 with warnings, 2 with errors."""
        return int(worst(self.findings))

    def to_json(self) -> dict[str, object]:
        """Plain types for JSON."""
        return {
            "dataset": self.dataset,
            **self.numbers,
            "emotions": dict(self.emotions),
            "published": {name: list(counts) for name, counts in self.published.items()},
            "usable": {rule: asdict(usable) for rule, usable in self.usable.items()},
            "dropped": {rule: [asdict(d) for d in rows] for rule, rows in self.dropped.items()},
            "findings": [finding.to_json() for finding in self.findings],
            "suppressed": self.suppressed,
            "ceiling": self.ceiling.to_json() if self.ceiling else None,
        }

    def lines(self) -> Iterator[str]:
        """The report as text: findings by code, what is dropped and why, counts at the end."""
        yield f"Findings: {len(self.findings)}, and {self.suppressed} suppressed"
        yield from _finding_lines(self.findings)
        for rule, dropped in self.dropped.items():
            yield ""
            yield f"Dropped by the {rule} rules: {len(dropped) or 'nothing'}"
            yield from _dropped_lines(dropped)
        yield ""
        yield "Counts"
        yield from self._count_lines()

    def _count_lines(self) -> Iterator[str]:
        for name, number in self.numbers.items():
            known = " or ".join(map(str, self.published.get(name, ())))
            words = name.replace("_", " ")
            yield f"  {words}: {number}" + (f" (published: {known})" if known else "")
        emotions = self.emotions.items()
        yield "  emotions: " + ", ".join(f"{name or '(none)'} {count}" for name, count in emotions)
        for rule, usable in self.usable.items():
            yield (
                f"  kept by the {rule} rules: {usable.samples} micro-expressions in "
                f"{usable.videos} videos of {usable.subjects} subjects"
            )
        if self.ceiling is not None:
            yield f"  {self.ceiling}"


def _finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    for code, found in by_code(findings).items():
        severity, meaning = CODES[code]
        yield f"  {severity.name.lower()} {code}: {meaning} ({len(found)})"
        yield from (f"    {_place(finding)}{finding.message}" for finding in found[:EXAMPLES])
        if len(found) > EXAMPLES:
            yield f"    and {len(found) - EXAMPLES} more"


def _place(finding: Finding) -> str:
    sample = "/".join(filter(None, (finding.subject, finding.video)))
    row = f"{finding.path.name} row {finding.row}" if finding.path and finding.row else ""
    where = row or (str(finding.path) if finding.path else "")
    span = "{}-{}".format(*finding.frames) if finding.frames else ""
    parts = [part for part in (where, sample, span) if part]
    return " ".join(parts) + ": " if parts else ""


def _dropped_lines(dropped: Sequence[Dropped]) -> Iterator[str]:
    """What a rule leaves out, grouped by reason, with every name."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for d in dropped:
        name = "/".join(filter(None, (d.subject, d.video)))
        groups[d.level, d.reason].append(f"{name} (row {d.row})" if d.row else name)
    for (level, reason), names in groups.items():
        yield f"  {len(names)} {level}{'s' if len(names) > 1 else ''}: {reason}"
        yield from wrap(", ".join(names), WIDTH, initial_indent="    ", subsequent_indent="    ")
