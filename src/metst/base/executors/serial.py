"""Jobs one after the other, in this process."""

from collections.abc import Callable, Iterator, Sequence

from metst.base.executors.base import J, Outcome, R, attempt


class Serial:
    """Runs the jobs here, in order."""

    elsewhere = False

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Outcome[J, R]]:
        """See `Executor.run`."""
        for job in jobs:
            yield attempt(function, job)
