"""A writer of small binary Excel files (BIFF8 in an OLE2 container), enough to test a reader.

Records and container: Microsoft [MS-XLS] and [MS-CFB].
"""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Value = str | int | float | None

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD  # marks of a sector in the allocation table
SMALLEST = 4096  # shorter streams would live in a "mini stream"


def write_xls(path: Path, sheets: Mapping[str, Sequence[Sequence[Value]]]) -> None:
    """Write sheets, by name, as lists of rows; None leaves a cell out."""
    path.write_bytes(_container(_workbook(sheets)))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _workbook(sheets: Mapping[str, Sequence[Sequence[Value]]]) -> bytes:
    bodies = [_sheet(rows) for rows in sheets.values()]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    head += _record(0x0042, struct.pack("<H", 1200))  # code page: UTF-16
    entries = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    tail = _record(0x000A)
    position = len(head) + sum(4 + 6 + len(entry) for entry in entries) + len(tail)
    listed = b""
    for entry, body in zip(entries, bodies, strict=True):
        listed += _record(0x0085, struct.pack("<IH", position, 0) + entry)
        position += len(body)
    return head + listed + tail + b"".join(bodies)


def _sheet(rows: Sequence[Sequence[Value]]) -> bytes:
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += _record(0x0204, struct.pack("<HHH", r, c, 0) + text)
            elif value is not None:
                body += _record(0x0203, struct.pack("<HHHd", r, c, 0, value))
    return body + _record(0x000A)


def _container(stream: bytes) -> bytes:
    stream = stream.ljust(max(SMALLEST, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    length = len(stream) // SECTOR
    tables = 1
    while tables * SECTOR // 4 < tables + 1 + length:
        tables += 1
    chain = [FAT] * tables + [END, *range(tables + 2, tables + 1 + length), END]
    chain += [FREE] * (tables * SECTOR // 4 - len(chain))
    header = struct.pack(
        "<8s16sHHHHHHIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0,
        tables, tables, 0, SMALLEST, END, 0, END, 0,
    )  # fmt: skip
    difat = [*range(tables)] + [FREE] * (109 - tables)
    root = _entry("Root Entry", 5, child=1, start=END, size=0)
    book = _entry("Workbook", 2, child=FREE, start=tables + 1, size=len(stream))
    directory = (root + book).ljust(SECTOR, b"\0")
    fat = struct.pack(f"<{len(chain)}I", *chain)
    return header + struct.pack("<109I", *difat) + fat + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    sides = struct.pack("<BBIII16sIQQ", kind, 1, FREE, FREE, child, b"", 0, 0, 0)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text) + 2)
        + sides
        + struct.pack("<IQ", start, size)
    )
