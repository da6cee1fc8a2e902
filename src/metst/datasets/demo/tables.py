"""Label tables of the demo, with the sheets and columns of CAS(ME)^3."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from metst.datasets.demo.script import Event, VideoScript
from metst.datasets.generated.tables import write_casme3
from metst.datasets.labels.records import Expression

ME_FILE: Final = "casme3_label.xlsx"
FULL_FILE: Final = "casme3_full_label.xlsx"


def write_tables(root: Path, scripts: Sequence[VideoScript]) -> None:
    """Write both label files: the micro-expressions, and everything that was planted.

    Raises:
        OSError: a file cannot be written.
    """
    units = {
        _expression(script, event): "+".join(map(str, event.units))
        for script in scripts
        for event in script.events
    }
    write_casme3(root / ME_FILE, root / FULL_FILE, units, units.__getitem__)


def _expression(script: VideoScript, event: Event) -> Expression:
    span = (event.onset, event.apex, event.offset)
    return Expression(script.subject, script.video, *span, event.kind, label=event.emotion)
