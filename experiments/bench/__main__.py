"""Run benchmarks and keep what each prints in RESULTS.md, in a section of its own.

    python -m experiments.bench             # all that take minutes: `make bench`
    python -m experiments.bench scan step   # these; also the long ones, `LONG`

A section that is not run keeps its text. Ratios are measured within one run; rates and times are
those of the machine that the section names.
"""

import argparse
import platform
import re
import subprocess
import sys
from pathlib import Path

from metst.base.executors import usable_cores
from metst.base.files import write_atomic

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
LONG = ("chaos", "heads_errors", "rehearsal")


def main() -> int:
    """Run the benchmarks that are named; 1 if one failed."""
    packages = (p.parent.name for p in FOLDER.glob("*/__main__.py"))
    names = sorted([*(p.stem for p in FOLDER.glob("[a-z]*.py")), *packages])
    parser = argparse.ArgumentParser("experiments.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*names, []], help="default: the short ones")
    chosen = parser.parse_args().names or [name for name in names if name not in LONG]
    return max([_run(name) for name in chosen])


def _run(name: str) -> int:
    """Run one benchmark, show what it prints, and keep it if it succeeded."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", f"experiments.bench.{name}"]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(ended.stdout, flush=True)
    if ended.returncode == 0:
        machine = f"{platform.processor() or platform.machine()}, {usable_cores()} cores"
        section = f"## bench {name}\n\n{machine}\n\n```\n{ended.stdout.strip()}\n```\n"
        old = re.compile(rf"^## bench {name}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
        others = old.sub("", RESULTS.read_text(encoding="utf-8")).rstrip()
        write_atomic(RESULTS, f"{others}\n\n{section}".encode())
    return ended.returncode


if __name__ == "__main__":
    sys.exit(main())
