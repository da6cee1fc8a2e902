"""The fork server: workers are its forks, and end when the main process does, not before."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from metst.base.executors import Processes

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux lists threads")

DEADLINE = 60.0
"""Seconds that a busy machine may take to end a process."""

SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from metst.base.executors import Processes

def sleep(folder):
    if sys.argv[2] == "deaf":
        signal.signal(signal.SIGTERM, lambda *_: None)
    Path(folder, f"{os.getpid()} {os.getppid()}").touch()
    time.sleep(600)

def loaded(_):
    return "metst.base.names" in sys.modules

if __name__ == "__main__":
    import metst.base.names
    if sys.argv[2] == "deaf":
        signal.signal(signal.SIGTERM, lambda *_: None)
    job = loaded if sys.argv[2] == "loaded" else sleep
    print([outcome.result for outcome in Processes(2).run(job, [sys.argv[1]] * 2)])
"""


def of_server(_: int) -> tuple[int, int]:
    """Process and number of threads of the server."""
    time.sleep(0.2)  # long enough for every worker to get a job
    return os.getppid(), len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))


def variable(_: int) -> str:
    return os.environ["METST_TEST"]


def die_with_server_once(folder: Path) -> int:
    """The first attempt kills the server, then itself."""
    mark = folder / "died"
    if not mark.exists():
        mark.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getppid()


def test_workers_are_forks_of_one_process_with_one_thread() -> None:
    seen = {o.result for o in Processes(2).run(of_server, range(2))}
    assert len(seen) == 1
    server, threads = seen.pop() or (0, 0)
    assert server != os.getpid()
    assert threads == 1


@pytest.mark.slow
def test_the_server_is_started_once_and_again_when_it_died(tmp_path: Path) -> None:
    servers = [{o.result for o in Processes(2).run(of_server, range(2))} for _ in range(2)]
    assert servers[0] == servers[1]
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    outcomes = list(Processes(2).run(die_with_server_once, folders))
    assert [o.error for o in outcomes] == [None, None]


def test_workers_have_the_environment_of_their_own_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("a", "b"):
        monkeypatch.setenv("METST_TEST", value)
        assert {o.result for o in Processes(2).run(variable, range(2))} == {value}


def test_the_server_imports_what_the_main_process_has_imported(tmp_path: Path) -> None:
    command = script(tmp_path, "loaded")
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"[True, True]\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_and_server_end_with_a_killed_process(number: int, tmp_path: Path) -> None:
    with subprocess.Popen(script(tmp_path, "sleep")) as process:
        pids = begun(tmp_path)
        process.send_signal(number)
    wait_until(lambda: not any(running(pid) for pid in pids))


def test_a_signal_to_the_whole_group_does_not_end_the_server(tmp_path: Path) -> None:
    """As Slurm sends it: workers end as they choose, the server with the main process."""
    with subprocess.Popen(script(tmp_path, "deaf"), start_new_session=True) as process:
        try:
            pids = begun(tmp_path)
            os.killpg(process.pid, signal.SIGTERM)
            time.sleep(0.5)
            assert all(running(pid) for pid in pids)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def script(folder: Path, what: str) -> list[str]:
    """The command of a script whose two jobs do `what`."""
    path = folder / "script.py"
    path.write_text(SCRIPT)
    return [sys.executable, str(path), str(folder), what]


def begun(folder: Path) -> set[int]:
    """Two workers and their server, when both jobs have begun."""
    wait_until(lambda: len(list(folder.glob("* *"))) == 2)
    pids = {int(pid) for path in folder.glob("* *") for pid in path.name.split()}
    assert len(pids) == 3
    return pids


def running(pid: int) -> bool:
    """Whether a process runs, and is not only waited for by nobody."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
