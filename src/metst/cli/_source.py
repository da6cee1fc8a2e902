"""What a verb judges: a finished run by its own rules, or a table by itself; what does not fit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from jsonargparse import ArgumentParser, Namespace
from rich.text import Text

from metst.base.errors import ConfigError
from metst.cli._tables import console
from metst.datasets.check.suppress import keep_wanted
from metst.datasets.labels.findings import Finding
from metst.datasets.labels.records import EMOTIONS
from metst.results.left_out import left_out
from metst.results.pair import Pair, read_pair, read_pair_of_run
from metst.results.run import Run
from metst.scoring.evaluation import Folds, tested_of
from metst.scoring.judgment import Judgment
from metst.scoring.kinds import JudgedKind
from metst.scoring.pooling import PUBLISHED


@dataclass(frozen=True)
class Source:
    """Where tables lie, and how they are judged.

    Attributes:
        predictions: the table.
        annotations: the table it is judged by.
        how: by which rules.
        run: the finished run that the table belongs to; None for a table by itself.
    """

    predictions: Path
    annotations: Path
    how: Judgment
    run: Run | None = None

    @property
    def folds(self) -> Folds:
        """Subjects that a run was tested on; None for all of a table by itself."""
        return self.run.subjects if self.run else None

    def read(self) -> Pair:
        """Both tables; classes are the run's, or those that a table by itself names."""
        if self.run:
            return read_pair_of_run(self.predictions, self.annotations, self.how)
        return read_pair(self.predictions, self.annotations, self.how.kind)

    def findings(
        self, pair: Pair, protocols: Sequence[str], suppress: Sequence[str]
    ) -> tuple[list[Finding], list[Finding]]:
        """What the protocols leave out, and predictions that do not fit: open and accepted ones."""
        tested = tested_of(pair.recordings, self.folds)
        found = [*pair.findings, *left_out(tested, protocols, self.annotations)]
        accepted = self.run.arguments("data").get("suppress") or () if self.run else ()
        wanted = keep_wanted(found, [*accepted, *suppress])
        return wanted, [finding for finding in found if finding not in wanted]


def add_judging(parser: ArgumentParser) -> None:
    """Options for how tables are judged; a run's own settings are their defaults."""
    parser.add_argument(
        "--kind",
        choices=get_args(JudgedKind),
        help="expressions that are judged, other kinds than micro by spotting alone; default: the "
        "run's, or micro",
    )
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
    """A run folder, or a table with annotations beside it; options come first.

    Raises:
        ConfigError: there is nothing at this place.
    """
    if not place.exists():
        msg = f"{place}: expected a run folder or a CSV file with predictions, found nothing"
        raise ConfigError(msg)
    around = Run(place if place.is_dir() else place.parent)
    files = around.folder
    run = around if place.is_dir() and files.results.exists() else None
    given = {
        "variant": config.synergy,
        "iou": config.iou,
        "kind": config.kind,
        "analyzed": config.analyzed and tuple(config.analyzed),
    }
    changed = {name: value for name, value in given.items() if value is not None}
    how = replace(run.judgment if run else Judgment((), (), PUBLISHED), **changed)
    if how.kind != "micro":
        how = replace(how, emotions=(), analyzed=())
    predictions = files.predictions if place.is_dir() else place
    return Source(predictions, config.labels or files.annotations, how, run)


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
