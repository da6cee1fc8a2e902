"""The report: a run, or several side by side, as one HTML file that needs nothing else."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from metst import __version__
from metst.base.errors import MetstError
from metst.base.files import write_atomic
from metst.base.settings import flat
from metst.datasets.registry import published_scores
from metst.report.contents import contents
from metst.report.numbers import Numbers
from metst.report.quality import quality
from metst.report.scored import Scored
from metst.report.training import training
from metst.results.alike import check_alike
from metst.results.changes import difference
from metst.results.diagnosing import diagnose_run
from metst.results.run import Run, open_run
from metst.results.summary import SHOWN
from metst.scoring.compare import Comparison
from metst.scoring.diagnosis import ALARMS, ENDINGS, ORACLES
from metst.scoring.evaluation import compare_tables

SCRIPTS = (
    "vendor/uPlot.iife.min.js",
    *("decode.js", "tables.js", "intervals.js", "faces.js", "readout.js", "keys.js", "plots.js"),
    *("video.js", "address.js", "page.js", "training.js"),
)
STYLES = ("vendor/uPlot.min.css", "page.css")


def write_report(
    runs: Sequence[Path], out: Path | None = None, *, thumbnails: bool = False
) -> Path:
    """Write a page that opens from disk, without a network.

    Args:
        runs: run folders; several stand side by side, each compared with the first.
        out: the file; by default `report.html` in the run folder, and with several runs
            `report-and-<others>.html` in that of the first.
        thumbnails: show frames of faces, which are personal data.

    Returns:
        The file.

    Raises:
        DataError: a run has no results.
        ConfigError: the runs were judged by different rules or annotations.
    """
    read = [open_run(path, results=True) for path in runs]
    check_alike(read)
    if out is None:
        others = "".join(f"-and-{run.name}" for run in read[1:])
        out = runs[0] / f"report{others}.html"
    write_atomic(out, _render(read, thumbnails=thumbnails).encode())
    return out


def templates(package: str) -> Environment:
    """The templates in the folder `page` of a package, which may include those of the report."""
    own = dict.fromkeys((package, "metst.report"))
    return Environment(
        loader=ChoiceLoader([PackageLoader(name, "page") for name in own]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(runs: Sequence[Run], *, thumbnails: bool) -> str:
    scored = [Scored(run) for run in runs]
    numbers = Numbers(_document(scored))
    curves = contents(scored, thumbnails=thumbnails)
    how = runs[0].judgment  # the rules are those of all runs
    return (
        templates("metst.report")
        .get_template("page.html")
        .render(
            runs=runs,
            stale=[each.stale for each in scored],
            numbers=numbers,
            show=numbers.show,
            at=numbers.at,
            shown=SHOWN,
            published=published_scores(runs[0].data_set) if how.kind == "micro" else (),
            iou=how.iou,
            kind=how.kind,
            recognized=any(run.judgment.emotions for run in runs),
            synergy=any(len(run.results["protocols"]["strict"]["synergy"]) > 1 for run in runs),
            dataset=runs[0].data_set,
            contents=curves,
            steps={curve["kind"]: curve["step"] for curve in curves.manifest["curves"]},
            thumbnails=thumbnails,
            endings=ENDINGS,
            alarms=ALARMS,
            oracles=ORACLES,
            trained=[(run.name, found) for run in runs if (found := training(run))],
            about=[_about(run, runs[0]) for run in runs],
            version=__version__,
            styles=[asset(name) for name in STYLES],
            scripts=[asset(name) for name in SCRIPTS],
        )
    )


def _document(scored: Sequence[Scored]) -> dict[str, Any]:
    """Every number of the page: results, what follows from the tables, and comparisons."""
    parts = ("confidence", "analysis")
    runs = [each.run for each in scored]
    return {
        "runs": [
            {
                "name": each.run.name,
                "results": each.run.results,
                "evaluation": {key: each.evaluation[key] for key in parts},
                "diagnosis": diagnose_run(each.run).as_dict(each=False),
            }
            for each in scored
        ],
        "comparisons": [
            {protocol: compare_runs(runs[0], other, protocol).as_dict() for protocol in SHOWN}
            for other in runs[1:]
        ],
    }


def compare_runs(first: Run, second: Run, protocol: str) -> Comparison:
    """The second run against the first; spotting alone where one of them names no emotions."""
    sides = [
        (run.judgment, *run.judgment.of_kind(run.predictions, run.recordings))
        for run in (first, second)
    ]
    (_, a, _), (_, b, _) = sides
    how, _, recordings = min(sides, key=lambda side: len(side[0].emotions))
    return compare_tables(
        a,
        b,
        recordings,
        how.protocol(protocol),
        variants=(first.judgment.variant, second.judgment.variant),
        folds=(first.subjects, second.subjects),
    )


def _about(run: Run, first: Run) -> dict[str, Any]:
    """Where the results of a run come from."""
    status = {subject: run.folder.fold(subject).now() for subject in _folds(run)}
    return {
        "config": list(run.settings.items()),
        "changes": difference(first.config, run.config).splitlines(),
        "environment": list(flat(run.environment)),
        "status": status,
        "seconds": sum(s.seconds for s in status.values()),
        "quality": quality(run),
        "version": _version(run),
    }


def _version(run: Run) -> str:
    """What exactly the data set is, where it knows and is still there."""
    try:
        return "" if isinstance(run.data, str) else run.data.dataset.version(run.data.root)
    except MetstError as error:
        return f"unknown: {error}"


def _folds(run: Run) -> list[str]:
    """Subjects of the data set, also those whose fold is not done."""
    return list(dict.fromkeys(r.subject for r in run.recordings))


def asset(name: str, package: str = "metst.report") -> Markup:
    """A script or style of ours, which goes into the page as it is."""
    return Markup(files(package).joinpath("page", name).read_text(encoding="utf-8"))
