"""Reads what an offline wandb run wrote: a LevelDB log of protobuf records."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCK, FILE_HEADER, HEADER = 2**15, 7, 7
"""Bytes of a block, of the file's header and of a record's."""

LAST = {1, 4}
"""Kinds of a record's last, or only, part."""


@dataclass
class Offline:
    """A run as `wandb sync` would send it.

    Attributes:
        rows: of the history, each with its `_step`.
        summary: every value it was given, in order.
        files: names of all files of its artifacts.
    """

    run_id: str = ""
    name: str = ""
    group: str = ""
    job_type: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, list[Any]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    ended: bool = False


def runs(place: Path) -> list[Offline]:
    """All offline runs below `place`/wandb."""
    return [read(path) for path in sorted(place.glob("wandb/offline-run-*/run-*.wandb"))]


def read(path: Path) -> Offline:
    from wandb.proto.wandb_internal_pb2 import Record

    sent = Offline()
    for data in _records(path.read_bytes()):
        record = Record()
        record.ParseFromString(data)
        _take(sent, record)
    return sent


def _take(sent: Offline, record: Any) -> None:  # noqa: ANN401 - made by protobuf
    kind = record.WhichOneof("record_type")
    if kind == "run":
        run = record.run
        sent.run_id, sent.name = run.run_id, run.display_name
        sent.group, sent.job_type = run.run_group, run.job_type
        sent.config |= _items(run.config.update)
    elif kind == "history":
        sent.rows.append(_items(record.history.item))
    elif kind == "summary":
        for key, value in _items(record.summary.update).items():
            sent.summary.setdefault(key, []).append(value)
    elif kind == "artifact":
        sent.files += [entry.path for entry in record.artifact.manifest.contents]
    elif kind == "exit":
        sent.ended = True


def _items(items: Any) -> dict[str, Any]:  # noqa: ANN401 - made by protobuf
    return {i.key or "/".join(i.nested_key): json.loads(i.value_json) for i in items}


def _records(data: bytes) -> Iterator[bytes]:
    place, parts = FILE_HEADER, b""
    while place + HEADER <= len(data):
        if BLOCK - place % BLOCK < HEADER:  # too little for a header: the next block goes on
            place += BLOCK - place % BLOCK
            continue
        _, length, kind = struct.unpack_from("<IHB", data, place)
        parts += data[place + HEADER : place + HEADER + length]
        place += HEADER + length
        if kind in LAST:
            yield parts
            parts = b""
