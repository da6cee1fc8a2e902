"""`metst demo`: make the demo data set."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.executors import usable_cores
from metst.datasets.demo.maker import generate
from metst.datasets.demo.options import DemoOptions
from metst.runner.arguments import parse


def run(arguments: Sequence[str]) -> int:
    """Make the demo data set, or what is missing of it."""
    parser = ArgumentParser(prog="metst demo", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--root", type=Path, default=Path("data/demo"), help="where it goes")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: one per core")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace a demo data set of other options"
    )
    parser.add_class_arguments(DemoOptions, "demo")
    made = parser.instantiate(parse(parser, arguments))
    workers = made.workers or usable_cores()
    generate(made.root, made.demo, workers, overwrite=made.overwrite)
    return 0
