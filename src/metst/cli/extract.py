"""`metst extract --config experiments/demo.yaml`: features of every video into the store."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from metst.base.executors import make_executor
from metst.cli._tables import report_damage
from metst.datasets.labels.annotations import VideoKey
from metst.features.source import Source, SourceData
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser
from metst.runner.slurm import Shard


def run(arguments: Sequence[str]) -> int:
    """Extract what the store lacks (1 if data are damaged), list what it lacks, or import."""
    parser = experiment_parser("metst extract")
    parser.add_argument(
        "--explain", action="store_true", help="print why videos would be extracted, extract none"
    )
    parser.add_argument(
        "--from_release",
        "--from-release",
        type=Path | None,
        help="folder of the authors' released features, to import instead",
    )
    parser.add_argument(
        "--shard",
        type=str | None,
        help="only a part of the videos, such as the third of eight: 3/8",
    )
    parser.add_argument(
        "--without",
        nargs="+",
        default=[],
        help="SUBJECT/VIDEO that the label tables name and the release lacks",
    )
    config = parse(parser, arguments)
    experiment = build(parser, config)
    source = cast(SourceData, experiment.data).source
    if config.from_release is not None:
        count = source.import_release(config.from_release, config.without)
        when = "where the videos are missing, or with --data.features released"
        sys.stdout.write(f"imported the features of {count} videos; they are read {when}\n")
        return 0
    source.locate()
    if config.shard is not None and not _kept(source, Shard.read(config.shard)):
        sys.stdout.write(f"shard {config.shard} has no videos: nothing to do\n")
        return 0
    if config.explain:
        sys.stdout.write(_explained(source.explain()))
        return 0
    damaged = source.extract(make_executor(experiment.executor))
    report_damage(damaged)
    return 1 if damaged else 0


def _kept(source: Source, shard: Shard) -> int:
    """Leave a source the videos of a shard; returns their number."""
    videos = shard.of(sorted(source.videos()))  # every process deals them out alike
    source.select(videos)
    return len(videos)


def _explained(reasons: Mapping[VideoKey, str | None]) -> str:
    missing = {key: reason for key, reason in reasons.items() if reason is not None}
    lines = [f"{'/'.join(key)}: {reason}" for key, reason in missing.items()]
    last = f"{len(missing)} of {len(reasons)} videos would be extracted"
    if not missing:
        last = f"all {len(reasons)} videos are in the feature store"
    return "\n".join([*lines, last]) + "\n"
