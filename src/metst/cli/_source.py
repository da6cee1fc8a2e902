"""What a verb judges: a finished run by its own rules, or a table by itself; what does not fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jsonargparse import ArgumentParser, Namespace
from rich.text import Text

from metst.base.files import read_json, read_yaml
from metst.cli._tables import console
from metst.datasets.check.suppress import keep_wanted
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import EMOTIONS
from metst.results import Pair, read_pair
from metst.results.judging import judging
from metst.results.ledger import RunFolder
from metst.results.left_out import left_out
from metst.scoring.evaluation import tested_of
from metst.scoring.kinds import JudgedKind
from metst.scoring.pooling import PUBLISHED
from metst.scoring.settings import IOU


@dataclass(frozen=True)
class Source:
    """Where tables lie, and how they are judged.

    Attributes:
        predictions: the table.
        annotations: the table it is judged by.
        synergy: strategy of the main scores.
        iou: least overlap of a find.
        analyzed: emotions that are averaged; None where nothing says which.
        folds: subjects that a run was tested on; None for all of a table by itself.
        accepted: findings that the run's data set accepts (`data.suppress`).
        completeness: of a run, as `results.json` has it.
    """

    predictions: Path
    annotations: Path
    synergy: str = PUBLISHED
    iou: float = IOU
    analyzed: tuple[str, ...] | None = None
    folds: Collection[str] | None = None
    accepted: tuple[str, ...] = ()
    completeness: Mapping[str, Any] = field(default_factory=lambda: {"complete": True})

    @property
    def is_run(self) -> bool:
        """Whether this is a finished run."""
        return self.folds is not None

    def read(self, kind: JudgedKind = "micro") -> Pair:
        """Both tables."""
        return read_pair(self.predictions, self.annotations, kind)

    def findings(
        self, pair: Pair, protocols: Sequence[str], suppress: Sequence[str]
    ) -> tuple[list[Finding], list[Finding]]:
        """What the protocols leave out, and predictions that do not fit: open and accepted ones."""
        tested = tested_of(pair.recordings, self.folds)
        found = [*pair.findings, *left_out(tested, protocols, self.annotations)]
        wanted = keep_wanted(found, [*self.accepted, *suppress])
        return wanted, [finding for finding in found if finding not in wanted]


def add_judging(parser: ArgumentParser) -> None:
    """Options that say how tables are judged; a run's own settings are their defaults."""
    parser.add_argument("--synergy", type=str | None, help="strategy of the main scores")
    parser.add_argument(
        "--iou", type=float | None, help="least overlap of a true positive; default: the run's, 0.5"
    )
    parser.add_argument(
        "--analyzed",
        type=list[str] | None,
        help=f"emotions that are averaged; default: the run's, or {', '.join(EMOTIONS)}, or those "
        "that the annotations use in their place",
    )
    parser.add_argument(
        "--suppress",
        nargs="+",
        default=[],
        help="findings that are accepted: CODE, CODE@SUBJECT, CODE@SUBJECT/VIDEO[:ONSET]",
    )


def source_of(place: Path, config: Namespace) -> Source:
    """A run folder, or a table with annotations beside it; options come first."""
    folder = RunFolder(place if place.is_dir() else place.parent)
    predictions = folder.predictions if place.is_dir() else place
    source = Source(predictions, config.labels or folder.annotations)
    if place.is_dir() and folder.results.exists():
        source = _as_run(source, folder)
    given = {
        "synergy": config.synergy,
        "iou": config.iou,
        "analyzed": config.analyzed and tuple(config.analyzed),
    }
    return replace(source, **{name: value for name, value in given.items() if value is not None})


def show_findings(findings: Sequence[Finding]) -> None:
    """Each finding with its place, and how to accept it; nothing where there is none."""
    if not findings:
        return
    terminal = console()
    for finding in findings:
        place = "/".join(name for name in (finding.subject, finding.video) if name)
        frames = "{}-{}".format(*finding.frames) if finding.frames else ""
        where = f"{finding.path} line {finding.row}: {place} {frames}"
        terminal.print(Text(f"{where}: {finding.message} ({finding.code})", "red"), soft_wrap=True)
    codes = " ".join(dict.fromkeys(finding.code for finding in findings))
    advice = f"Correct these rows, or accept them as they are: --suppress {codes}"
    terminal.print(Text(f"{len(findings)} findings. {advice}"), soft_wrap=True)


def _as_run(source: Source, folder: RunFolder) -> Source:
    """Judged as the run was."""
    config = read_yaml(folder.config, "configuration of a run")
    results = read_json(folder.results)
    data = config.get("data", {}).get("init_args") or {}
    return replace(
        source,
        synergy=results["strategy"],
        iou=judging(config)[1],
        analyzed=tuple(results["protocols"]["strict"]["analyzed"]),
        folds=tuple(results["folds"]),
        accepted=tuple(data.get("suppress") or ()),
        completeness={k: results[k] for k in ("complete", "demanded") if k in results},
    )
