"""The guard that keeps the tests on this machine does its work, also in processes they start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

OUTSIDE = ("192.0.2.1", 80)  # an address for documentation (RFC 5737)


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Connections that are tried on purpose are noted elsewhere."""
    monkeypatch.setenv("METST_CONNECTIONS", str(tmp_path / "notes.txt"))
    return tmp_path / "notes.txt"


def test_here(notes: Path) -> None:
    with pytest.raises(ConnectionRefusedError, match="tried to connect"):
        socket.create_connection(OUTSIDE, timeout=0.1)
    assert "192.0.2.1:80" in notes.read_text()


def test_in_a_process(notes: Path) -> None:
    program = f"import socket; socket.create_connection({OUTSIDE}, timeout=0.1)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=os.environ.copy()
    )
    assert "tried to connect" in done.stderr
    assert "192.0.2.1:80" in notes.read_text()


def test_loopback_is_free(notes: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
    assert not notes.exists()
