"""What is wrong with the labels that a network is trained on and judged by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from metst.datasets.check.folders import orphans, outside
from metst.datasets.check.rows import row_findings
from metst.datasets.labels.annotations import Annotations, VideoKey
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import Recording, Timebase


@dataclass(frozen=True)
class _Facts:
    timebase: Timebase
    apex_optional: bool = True


def label_findings(
    annotations: Annotations,
    videos: Iterable[VideoKey],
    recordings: Sequence[Recording],
    timebase: Timebase,
) -> list[Finding]:
    """Findings about micro-expressions that need no images: tables, rows, videos and their length.

    Args:
        annotations: what the label tables contain.
        videos: every video of the data set.
        recordings: those of which the number of frames is known.
        timebase: how frames are numbered.
    """
    micro = replace(annotations, expressions=annotations.of_kind("micro"))
    found = micro.by_video(videos)
    path = annotations.files.get("micro")
    findings = list(annotations.findings)
    findings += row_findings(micro, _Facts(timebase))
    findings += orphans(micro, found)
    for r in recordings:
        last = timebase.to_number(r.frames) - 1
        for e in found[r.subject, r.video]:
            findings += outside(e, last, path)
    return findings
