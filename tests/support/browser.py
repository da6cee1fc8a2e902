"""A headless Chromium, driven over its DevTools protocol."""

import asyncio
import base64
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--remote-debugging-port=0",
)

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")


class Page:
    """One tab: what it shows, what it asked for, and what it complained about.

    Attributes:
        requests: addresses that were asked for.
        complaints: exceptions, and errors and warnings of the console.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session: str) -> None:
        self._socket, self._session = socket, session
        self._loop = asyncio.get_event_loop()
        self._count = 0
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.loaded = False

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
        return self._loop.run_until_complete(self._call(method, parameters))

    def open(self, address: str) -> None:
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.loaded = False
        self.call("Page.navigate", url=address)
        while not self.loaded:
            self.evaluate("1")

    def evaluate(self, script: str) -> Any:  # noqa: ANN401
        """Value of a script; promises are waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def wait_for(self, script: str, seconds: float = 20) -> None:
        """Wait until a script gives a true value."""
        for _ in range(int(seconds / 0.05)):
            if self.evaluate(script):
                return
            self._loop.run_until_complete(asyncio.sleep(0.05))
        msg = f"never true: {script}"
        raise AssertionError(msg)

    def look(self, width: int, height: int, *, dark: bool = False) -> None:
        """Size of the window, and the color scheme that its user prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[feature])

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def pdf(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF")["data"]))

    async def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._count += 1
        own = self._count
        message = {"id": own, "sessionId": self._session, "method": method, "params": parameters}
        await self._socket.send_json(message)
        while True:
            answer = await asyncio.wait_for(self._socket.receive_json(), 60)
            if answer.get("id") == own:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer.get("method", ""), answer.get("params", {}))

    def _note(self, event: str, parameters: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif event == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif event == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.complaints.append(str(parameters["args"]))
        elif event == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(parameters["entry"]["text"])
        elif event == "Page.loadEventFired":
            self.loaded = True


@contextmanager
def open_browser() -> Iterator[Page]:
    """A tab of a fresh Chromium without a profile; it is gone afterwards."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process, address = loop.run_until_complete(_start(profile))
        http = loop.run_until_complete(_http())
        try:
            yield loop.run_until_complete(_tab(http, address))
        finally:
            loop.run_until_complete(http.close())
            process.kill()
            loop.run_until_complete(process.wait())
            asyncio.set_event_loop(None)
            loop.close()


async def _http() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


async def _start(profile: str) -> tuple[asyncio.subprocess.Process, str]:
    assert PROGRAM is not None
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while True:
            line = (await process.stderr.readline()).decode()
            if match := re.search(r"ws://\S+", line):
                return process, match[0]
            assert line, "chromium ended before it was ready"


async def _tab(http: aiohttp.ClientSession, address: str) -> Page:
    socket = await http.ws_connect(address, max_msg_size=0)
    await socket.send_json(
        {"id": 0, "method": "Target.createTarget", "params": {"url": "about:blank"}}
    )
    target = (await _answer(socket))["targetId"]
    attach = {"targetId": target, "flatten": True}
    await socket.send_json({"id": 0, "method": "Target.attachToTarget", "params": attach})
    return Page(socket, (await _answer(socket))["sessionId"])


async def _answer(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    while True:
        message = await socket.receive_json()
        if message.get("id") == 0:
            return message["result"]
