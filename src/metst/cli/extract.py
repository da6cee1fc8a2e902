"""`metst extract --config experiments/demo.yaml`: flow of every video into the cache."""

from collections.abc import Sequence
from typing import cast

from metst.executors import usable_cores
from metst.loso.arguments import parse
from metst.loso.config import build, experiment_parser
from metst.loso.data import FoldData


def run(arguments: Sequence[str]) -> int:
    """Extract what the cache lacks."""
    parser = experiment_parser("metst extract")
    config = parse(parser, arguments)
    experiment = build(parser, config)
    data = cast(FoldData, experiment.data)
    data.locate()
    data.extract(experiment.loso.workers or usable_cores())
    return 0
