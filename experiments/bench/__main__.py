"""Run benchmarks and keep what each prints in RESULTS.md, in a section of its own.

    python -m experiments.bench             # all that take minutes: `make bench`
    python -m experiments.bench scan step   # these; also the long ones, chaos and rehearsal

A section that is not run keeps its text. Ratios are measured within one run; rates and times are
those of the machine that the section names.
"""

import argparse
import datetime
import platform
import re
import subprocess
import sys
from pathlib import Path

from metst.base.executors import usable_cores
from metst.base.files import write_atomic

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
BY_HAND = ("chaos", "compact", "rehearsal")
"""Those that take an hour, or finished runs as arguments."""


def main() -> int:
    """Run the benchmarks that are named; 1 if one failed."""
    names = sorted(p.stem for p in FOLDER.glob("[a-z]*.py"))
    parser = argparse.ArgumentParser("experiments.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names, []], help="default: the short ones")
    chosen = parser.parse_args().names or [name for name in names if name not in BY_HAND]
    return max([_run(name) for name in chosen])


def _run(name: str) -> int:
    """Run one benchmark, show what it prints, and keep it if it succeeded."""
    command = [sys.executable, "-m", f"experiments.bench.{name}"]
    print(f"== {name}", flush=True)
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(ended.stdout, flush=True)
    if ended.returncode == 0:
        text = RESULTS.read_text(encoding="utf-8")
        write_atomic(RESULTS, with_section(text, name, _section(name, ended.stdout)).encode())
    return ended.returncode


def _section(name: str, printed: str) -> str:
    machine = f"{platform.processor() or platform.machine()}, {usable_cores()} cores"
    head = f"`python -m experiments.bench.{name}`, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    return f"{head}, {machine}\n\n```\n{printed.strip()}\n```\n"


def with_section(text: str, name: str, section: str) -> str:
    """The text of RESULTS.md with another section `name`, at the end where it is new."""
    heading = f"## bench {name}\n\n"
    pattern = re.compile(re.escape(heading) + r".*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda _: f"{heading}{section}\n", text).rstrip("\n") + "\n"
    return f"{text.rstrip()}\n\n{heading}{section}"


if __name__ == "__main__":
    sys.exit(main())
