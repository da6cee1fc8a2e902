"""The page of a sweep: its trials and the choice among them."""

import json
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from metst import __version__
from metst.base.files import write_atomic
from metst.report.html import templates
from metst.runner.sweeps.file import SweepFile
from metst.runner.sweeps.folder import SweepFolder
from metst.runner.sweeps.outcome import (
    Outcome,
    as_dict,
    gap,
    headings,
    markdown,
    outcome,
    row,
    score,
)
from metst.runner.sweeps.picture import parallel_coordinates


def write_pages(sweep: SweepFile, folder: SweepFolder) -> Outcome:
    """Write `sweep.json`, `sweep.md` and `sweep.html` of the trials that are there."""
    told = outcome(sweep, folder)
    _write(folder.path / "sweep.json", json.dumps(as_dict(told), indent=1) + "\n")
    _write(folder.path / "sweep.md", markdown(told))
    _write(folder.path / "sweep.html", _render(told))
    return told


def _write(path: Path, text: str) -> None:
    write_atomic(path, text.encode())


def _render(told: Outcome) -> str:
    style = files("metst.report").joinpath("page", "page.css").read_text(encoding="utf-8")
    return (
        templates("metst.runner.sweeps")
        .get_template("sweep.html")
        .render(
            told=told,
            headings=headings(told),
            rows=[(record, row(told, record)) for record in told.trials],
            scores=[(choice, score(choice)) for choice in told.selections],
            gap=gap(told),
            picture=Markup(parallel_coordinates(told)),
            style=Markup(style),
            version=__version__,
        )
    )
