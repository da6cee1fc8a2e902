"""`metst report RUN`: the run as one HTML file; several runs stand side by side."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.files import check_place
from metst.cli._tables import console
from metst.report import write_report
from metst.runner.arguments import parse


def run(arguments: Sequence[str]) -> int:
    """Write the report and print its path."""
    parser = ArgumentParser(prog="metst report", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("runs", type=Path, nargs="+", help="run folders; several are compared")
    parser.add_argument("--out", type=Path | None, help="the file; default: report.html in RUN")
    parser.add_argument(
        "--thumbnails", action="store_true", help="show frames (faces are personal data)"
    )
    config = parse(parser, arguments)
    if config.out:
        check_place(config.out, "--out")
    path = write_report(config.runs, config.out, thumbnails=config.thumbnails)
    size = path.stat().st_size / 1e6
    console().print(f"wrote {path} ({size:.1f} MB)", highlight=False, markup=False, soft_wrap=True)
    return 0
