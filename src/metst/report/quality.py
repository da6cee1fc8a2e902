"""What is odd about the data of a run, and what its protocols left out and why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from metst.base.errors import DataError
from metst.datasets.check.lint import check
from metst.datasets.check.report import Report
from metst.datasets.labels import authors, strict
from metst.datasets.labels.dropped import Dropped
from metst.datasets.labels.findings import CODES, Finding, by_code
from metst.datasets.labels.samples import Rule
from metst.results.run import Run


@dataclass(frozen=True)
class Group:
    """Findings of one code, or what was dropped for one reason."""

    title: str
    severity: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Quality:
    """What the report shows of the data.

    Attributes:
        findings: None where the data set is not here; `note` gives the reason.
        dropped: rule -> groups.
    """

    findings: tuple[Group, ...] | None
    dropped: Mapping[str, tuple[Group, ...]]
    note: str


def quality(run: Run) -> Quality:
    """Findings of `metst check` without a look into images, and what each rule drops."""
    report = _check(run)
    if isinstance(report, str):
        rules: dict[Rule, list[Dropped]] = {
            "authors": authors.dropped(run.recordings),
            "strict": strict.dropped(run.recordings),
        }
        return Quality(None, _all_dropped(rules), report)
    accepted = f"{report.suppressed} accepted findings are not listed"
    note = f"{accepted}; image contents were not looked at"
    return Quality(tuple(_by_code(report.findings)), _all_dropped(report.dropped), note)


def _check(run: Run) -> Report | str:
    """The report of the check, or why there is none."""
    data = run.data
    if isinstance(data, str):
        return data
    of_run: dict[str, Any] = {"suppress": data.suppress, "emotions": data.emotion_count}
    try:
        return check(data.dataset, data.root, images="names", **of_run)
    except DataError:
        pass  # features can be here without the videos they came from
    try:
        return check(data.dataset, data.root, labels_only=True, **of_run)
    except DataError as error:
        return str(error)


def _by_code(findings: Iterable[Finding]) -> list[Group]:
    """The gravest codes first."""
    return [
        Group(f"{code}: {CODES[code][1]}", CODES[code][0].name.lower(), tuple(map(_line, found)))
        for code, found in by_code(findings).items()
    ]


def _line(finding: Finding) -> str:
    span = ", frames {}-{}".format(*finding.frames) if finding.frames else ""
    row = f" (row {finding.row})" if finding.row else ""
    return f"{finding}{span}{row}"


def _all_dropped(rules: Mapping[Rule, Sequence[Dropped]]) -> dict[str, tuple[Group, ...]]:
    return {rule: tuple(_by_reason(dropped)) for rule, dropped in rules.items()}


def _by_reason(dropped: Sequence[Dropped]) -> list[Group]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for d in dropped:
        name = "/".join(part for part in (d.subject, d.video) if part)
        groups[d.level, d.reason].append(f"{name} (row {d.row})" if d.row else name)
    return [Group(f"{level}: {reason}", "", tuple(n)) for (level, reason), n in groups.items()]
