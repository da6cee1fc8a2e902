"""Which finished runs can stand side by side."""

from collections.abc import Sequence

from metst.results.run import Run
from metst.scoring.evaluation import check_same_annotations, check_same_rules


def check_alike(runs: Sequence[Run]) -> None:
    """Runs can stand side by side only if they were judged alike, by the same annotations.

    Raises:
        ConfigError: they were not; names what differs.
    """
    check_same_rules([(run.path, run.judgment) for run in runs])
    for other in runs[1:]:
        check_same_annotations((runs[0].path, runs[0].recordings), (other.path, other.recordings))
