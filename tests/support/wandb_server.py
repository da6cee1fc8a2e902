"""A stand-in for wandb's server on this machine: as much of it as a sweep asks for."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import yaml


class Server:
    """Hands out trials one by one, then ends the agent.

    Attributes:
        sweeps: contents of the sweep files it was given.
        asked: names of the operations, in order.
    """

    def __init__(self, trials: Sequence[dict[str, Any]]) -> None:
        self.left = list(enumerate(trials))
        self.sweeps: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.address = ""

    def answer(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        name = query.split("(")[0].split("{")[0].split()[-1]
        self.asked.append(name)
        project = {"id": "p", "name": "metst", "entity": {"id": "e", "name": "nobody"}}
        if name == "UpsertSweep":
            self.sweeps.append(yaml.safe_load(variables["config"]))
            made = {"name": "s1", "project": project}
            return {"upsertSweep": {"sweep": made, "configValidationWarnings": []}}
        if name == "SweepWithRuns":
            config = yaml.safe_dump(self.sweeps[-1])
            sweep = {"id": "s1", "name": "s1", "state": "RUNNING", "config": config}
            return {"project": {"sweep": {**sweep, "runs": {"edges": []}}}}
        if name == "CreateAgent":
            return {"createAgent": {"agent": {"id": "a1"}}}
        if name == "Heartbeat":
            running = json.loads(variables["runState"])
            commands = [] if running else [self._next()]
            answer = {"agent": {"id": "a1"}, "commands": json.dumps(commands)}
            return {"agentHeartbeat": answer}
        viewer = {"id": "u", "entity": "nobody", "username": "nobody", "email": "", "flags": "{}"}
        teams = {"edges": [{"node": {"name": "nobody"}}]}
        return {"viewer": {**viewer, "teams": teams, "admin": False}, "serverInfo": None}

    def _next(self) -> dict[str, Any]:
        if not self.left:
            return {"type": "exit"}
        number, settings = self.left.pop(0)
        values = {name: {"value": value} for name, value in settings.items()}
        return {"type": "run", "run_id": f"trial{number}", "program": "metst", "args": values}


@contextmanager
def serving(trials: Sequence[dict[str, Any]]) -> Iterator[Server]:
    """Serve on a free port of the loopback device while the block is inside."""
    server = Server(trials)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer: dict[str, Any] = {}
            if self.path == "/graphql":  # the rest is wandb counting its users
                asked = json.loads(body)
                answer = {"data": server.answer(asked["query"], asked.get("variables") or {})}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.address = f"http://127.0.0.1:{http.server_address[1]}"
        thread = Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
