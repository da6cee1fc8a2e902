"""What an executor is, and what becomes of a job."""

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from metst.base.errors import MetstError

_log = logging.getLogger(__name__)

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True)
class Outcome(Generic[J, R]):
    """What became of one job: a result, or the error's message."""

    job: J
    result: R | None = None
    error: str | None = None


class Executor(Protocol):
    """Runs jobs that do not depend on each other.

    Attributes:
        elsewhere: whether jobs may run on machines that do not see the files of this one.
    """

    elsewhere: bool

    def run(self, function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[Outcome[J, R]]:
        """Run `function` on every job; yield the outcomes in the order in which they finish.

        Args:
            function: a callable that a new process can import (a top-level function, or a
                `functools.partial` of one); called as `function(job)`.
            jobs: arguments; plain data.

        Yields:
            One `Outcome` per job. An exception in a job ends only that job.

        Raises:
            KeyboardInterrupt: the user stopped the run; jobs without an outcome are unfinished.
        """


def attempt(function: Callable[[J], R], job: J) -> Outcome[J, R]:
    """Run one job; whatever it raises becomes a message."""
    try:
        return Outcome(job, result=function(job))
    except MetstError as error:
        return Outcome(job, error=str(error))
    except OSError as error:
        return Outcome(job, error=f"{error.strerror or error} ({error.filename})")
    except Exception as error:  # noqa: BLE001 - the boundary: a job's bug must not end the others
        _log.debug("job failed", exc_info=True)
        where = traceback.extract_tb(error.__traceback__)[-1]
        message = f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
        return Outcome(job, error=message)
