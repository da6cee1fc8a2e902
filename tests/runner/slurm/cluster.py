"""A Slurm cluster of two nodes on the loopback interface, from a folder of its own."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol")

PACKAGES = "slurmctld slurmd slurm-client slurm-wlm-basic-plugins"

START_SECONDS = 60.0

# Without munge, systemd, control groups and accounting, for which one would have to be root.
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/none
AuthInfo=cred_expire=5
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
CommunicationParameters=NoInAddrAny
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
ReturnToService=2
MpiDefault=none
KillWait=3
MinJobAge=86400
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=1,sched_interval=2
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmdLogFile={folder}/slurmd-%n.log
SlurmdSpoolDir={folder}/spool-%n
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={first} CPUs=4 RealMemory=16000
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={second} CPUs=4 RealMemory=16000
PartitionName=cpu Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
"""


def installed() -> bool:
    return all(shutil.which(program, path=_path()) for program in PROGRAMS)


@contextmanager
def cluster(folder: Path) -> Iterator[Mapping[str, str]]:
    """A running cluster; yields the environment in which its commands find it."""
    for name in ("state", "spool-n1", "spool-n2"):
        (folder / name).mkdir()
    ports = dict(zip(("controller", "first", "second"), _free_ports(3), strict=True))
    host = socket.gethostname().split(".")[0]
    text = CONFIGURATION.format(folder=folder, host=host, user=getpass.getuser(), **ports)
    (folder / "slurm.conf").write_text(text)
    environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"), "PATH": _path()}
    daemons: list[subprocess.Popen[bytes]] = []
    try:
        for command in (["slurmctld", "-D", "-c"], *(["slurmd", "-D", "-N", n] for n in _NODES)):
            with (folder / f"{'-'.join(command)}.out").open("wb") as out:
                daemons.append(subprocess.Popen(command, env=environment, stdout=out, stderr=out))
        _await_nodes(environment, folder)
        yield environment
    finally:
        subprocess.run(["scancel", "--user", getpass.getuser()], env=environment, check=False)
        for daemon in reversed(daemons):
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(timeout=60)


def ask(environment: Mapping[str, str], *command: str) -> str:
    """Output of a command; raises with all of it where it fails."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


_NODES = ("n1", "n2")


def _await_nodes(environment: Mapping[str, str], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    command = ["sinfo", "--noheader", "--Node", "--format=%T"]
    while True:
        asked = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        if asked.stdout.split() == ["idle"] * len(_NODES):
            return
        logs = [path.read_text()[-2000:] for path in folder.glob("*.log")]
        assert time.monotonic() < deadline, (asked.stdout, asked.stderr, logs)
        time.sleep(0.2)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def _path() -> str:
    """Where programs are, those of administrators included."""
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
