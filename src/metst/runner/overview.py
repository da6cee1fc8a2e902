"""How far the folds of a run are, for a terminal."""

import time
from collections import Counter

from rich.console import Group
from rich.text import Text

from metst.base.errors import MetstError
from metst.base.terminal import grid
from metst.results.ledger import RunFolder, State, Status

STYLES: dict[State, str] = {
    "done": "",
    "running": "cyan",
    "failed": "red",
    "interrupted": "yellow",
    "pending": "dim",
}


def overview(run: RunFolder) -> Group:
    """One row per fold; can be asked for at any time, by anybody who can read the run folder.

    Raises:
        MetstError: the run has not begun.
    """
    statuses = {subject: run.fold(subject).now() for subject in run.subjects()}
    if not statuses:
        msg = f"{run.path} has no folds yet: the run has not begun, or its data are being prepared"
        raise MetstError(msg)
    counts = Counter(status.state for status in statuses.values())
    summary = ", ".join(f"{counts[state]} {state}" for state in STYLES if counts[state])
    table = grid()
    table.add_column("fold", overflow="fold", max_width=16)
    table.add_column("state", no_wrap=True)
    table.add_column("who", overflow="fold")
    table.add_column("since", max_width=len("2026-01-31"))
    for name in ("epoch", "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("error", overflow="fold")
    for subject, status in statuses.items():
        table.add_row(Text(subject), *_cells(status), style=STYLES[status.state])
    return Group(Text(f"{run.path}: {summary}, of {len(statuses)} folds"), table)


def _cells(status: Status) -> list[Text]:
    begun = bool(status.since)
    running = status.state == "running"
    who = f"{status.pid} on {status.host}" if begun else ""
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(status.since)) if begun else ""
    epoch = f"{status.epoch}/{status.epochs}" if status.epochs else ""
    seconds = time.time() - status.since if running else status.seconds
    words = (status.state, who, since, epoch, f"{seconds:.0f}" if begun else "", status.error)
    return [Text(word) for word in words]  # names and errors are no markup
