"""What an annotator has changed: two sets of tiers, annotation by annotation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from metst.base.files import read_json
from metst.datasets.labels.choice import overlap
from metst.datasets.labels.elan import Span, Tiers, read_eaf
from metst.datasets.labels.emotions import kind_of
from metst.predict import eaf
from metst.predict.analysis import Interval, mean_step

RESULTS = "analysis.json"


@dataclass(frozen=True)
class Change:
    """An annotation that differs.

    Attributes:
        tier: its kind, or the tier's name.
        before: None where it was added.
        after: None where it was removed.
    """

    tier: str
    before: Span | None
    after: Span | None

    @property
    def what(self) -> str:
        """`added`, `removed`, or of one that is there twice what differs: `moved`, `renamed`."""
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        moved, renamed = self.before[:2] != self.after[:2], self.before.text != self.after.text
        return " and ".join(["moved"] * moved + ["renamed"] * renamed)


@dataclass(frozen=True)
class Comparison:
    """Changes, in the order of time, and how many annotations are as they were."""

    changes: tuple[Change, ...]
    same: int


def compare(before: Tiers, after: Tiers) -> Comparison:
    """Pair annotations of equal tiers, those that overlap most first, and list what differs."""
    old, new = _by_kind(before), _by_kind(after)
    changes: list[Change] = []
    same = 0
    for tier in dict.fromkeys((*old, *new)):
        for pair in _pairs(old.get(tier, ()), new.get(tier, ())):
            if pair[0] == pair[1]:
                same += 1
            else:
                changes.append(Change(tier, *pair))
    changes.sort(key=lambda change: change.after or change.before or (0,))
    return Comparison(tuple(changes), same)


def predicted_tiers(folder: Path) -> Tiers:
    """Tiers of the annotation file as it was written to a folder of results.

    Raises:
        DataError: the folder has no results, or they are damaged.
    """
    stored = read_json(folder / RESULTS)
    intervals = [Interval(**interval) for interval in stored["intervals"]]
    curves = stored["curves"]
    step = mean_step(curves["frame"], curves["seconds"], stored["model"]["fps"])
    return eaf.tiers(intervals, step)


def comparisons(before: Path, after: Path | None) -> Iterator[tuple[Path, Comparison]]:
    """The annotation files of results against the predictions, or one file against another.

    Args:
        before: folder of results, or with such folders in it; or a file.
        after: another file; None for results.
    """
    if after is not None:
        yield after, compare(read_eaf(before), read_eaf(after))
        return
    for path in sorted(before.rglob(eaf.FILE)):
        yield path, compare(predicted_tiers(path.parent), read_eaf(path))


def _by_kind(tiers: Tiers) -> Mapping[str, list[Span]]:
    """Annotations by kind, `micro` and `micro 2` alike, or by the name of their tier."""
    found: dict[str, list[Span]] = {}
    for name, spans in tiers.items():
        kind = kind_of(name) or name
        found.setdefault(f"{kind} apex" if name.endswith(" apex") else kind, []).extend(spans)
    return found


def _pairs(
    old: Sequence[Span], new: Sequence[Span]
) -> Iterator[tuple[Span, Span] | tuple[Span, None] | tuple[None, Span]]:
    """Each annotation once: with the one that it overlaps most, or alone."""
    shared = sorted(
        (-iou, a, b)
        for a, x in enumerate(old)
        for b, y in enumerate(new)
        if (iou := overlap((x.start, x.end - 1), (y.start, y.end - 1)))
    )
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for _, a, b in shared:
        if a not in partners and b not in taken:
            partners[a] = b
            taken.add(b)
    for a, x in enumerate(old):
        yield (x, new[partners[a]]) if a in partners else (x, None)
    yield from ((None, y) for b, y in enumerate(new) if b not in taken)
