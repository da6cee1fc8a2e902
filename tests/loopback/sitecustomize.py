"""In every Python process of the tests: no connection beyond this machine.

Python imports this file at start because its folder is on PYTHONPATH. A connection that is tried
is refused, and noted for the end of the tests, since a program may get over the refusal.
"""

import contextlib
import ipaddress
import os
import socket
import sys
from pathlib import Path

NOTES = "METST_CONNECTIONS"
"""Environment variable with the file that connections are noted in."""


def _beyond(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return not ipaddress.ip_address(host).is_loopback
    return host not in ("", "localhost", socket.gethostname())


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    made, (host, port, *_) = arguments[0], arguments[1]
    # A datagram socket is "connected" to learn one's own address; nothing is sent.
    if isinstance(made, socket.socket) and made.type & socket.SOCK_STREAM and _beyond(str(host)):
        with Path(os.environ[NOTES]).open("a") as notes:
            notes.write(f"{host}:{port} from {' '.join(sys.argv)}\n")
        msg = f"a test tried to connect to {host}:{port}"
        raise ConnectionRefusedError(msg)


if NOTES in os.environ:
    sys.addaudithook(_guard)
