"""`metst heads`: make a set of rendered heads."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.executors import usable_cores
from metst.datasets.heads.options import HeadsOptions
from metst.runner.arguments import parse


def run(arguments: Sequence[str]) -> int:
    """Make a set of rendered heads, or what is missing of it."""
    parser = ArgumentParser(prog="metst heads", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--root", type=Path, default=Path("data/heads-dev"), help="where it goes")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: one per core")
    parser.add_argument("--overwrite", action="store_true", help="replace a set of other options")
    parser.add_class_arguments(HeadsOptions, "heads")
    made = parser.instantiate(parse(parser, arguments))
    from metst.datasets.heads.maker import generate  # takes seconds, and --help needs none of it

    workers = made.workers or usable_cores()
    generate(made.root, made.heads, workers, overwrite=made.overwrite)
    return 0
