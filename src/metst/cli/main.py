"""Dispatch of the verbs, and the one place where errors become messages and exit codes."""

import errno
import importlib
import io
import logging
import os
import sys
from argparse import ArgumentError
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler

from metst import __version__
from metst.base.errors import ConfigError, MetstError
from metst.base.names import is_utf8, printable

VERBS = {
    "demo": "make the demo data set",
    "heads": "make the benchmark: rendered heads with exact truth",
    "init": "write the experiment of a folder of videos and labels of one's own",
    "check": "look for what is wrong or odd in a data set",
    "extract": "measure the features of an experiment's videos into the store",
    "loso": "train and test an experiment, leaving one subject out at a time",
    "slurm": "write the scripts that run an experiment on a Slurm cluster",
    "report": "show a run, or several side by side, as one HTML file",
    "evaluate": "score a predictions table, of metst or any other system",
    "diagnose": "why a run misses micro-expressions and raises false alarms",
    "study": "run the variants of an experiment and make their table",
    "sweep": "search the settings of an experiment, as a wandb sweep or without a server",
    "trial": "one trial of a sweep: what `wandb agent` runs",
    "tables": "finished runs, or every system on a data set, as the paper's tables",
    "compare": "compare two runs, subject by subject",
    "export": "write a trained network to one file",
    "predict": "find micro-expressions in new videos",
    "diff": "what an annotator has changed in predictions",
    "stream": "find them while a camera or file runs",
    "doctor": "list what works on this machine, and how to repair what does not",
}

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

_PLACES = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS),
    *(errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG),
)
"""Errors of the system about a place that the user chose."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb; returns its exit code."""
    _never_stop_for_a_character()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help"):
        _print(_usage())
        return OK if words else USAGE
    if words[0] == "--version":
        _print(f"metst {__version__}")
        return OK
    for word in words:
        if not is_utf8(word):
            advice = "rename what it names, such as with: convmv -r -f gbk -t utf8 --notest FOLDER"
            return _refuse(f"expected UTF-8, got the bytes {printable(word)}; {advice}", USAGE)
    verb, *rest = words
    if verb not in VERBS:
        return _refuse(f"unknown verb '{verb}'; there are {', '.join(VERBS)}", USAGE)
    _set_up_logging(quiet="-q" in rest or "--quiet" in rest)
    return _run(verb, [word for word in rest if word not in ("-q", "--quiet")])


def _run(verb: str, arguments: Sequence[str]) -> int:
    # Read once, when torch starts its threads: waiting threads shall sleep, not burn a core.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Data modules and callbacks lie beside the sources, in the folder the command is given in.
    sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(f"metst.cli.{verb}")
        code: int = module.run(arguments)
    except (ConfigError, ArgumentError) as error:
        return _refuse(str(error), USAGE)
    except MetstError as error:
        return _refuse(str(error), FAILED)
    except KeyboardInterrupt:
        advice = "what was finished is kept; give the same command again"
        return _refuse(f"interrupted: {advice}", INTERRUPTED)
    except OSError as error:
        if error.errno not in _PLACES:
            raise
        where = f" ({error.filename})" if error.filename else ""
        advice = "what was finished is kept; repair it and give the same command again"
        return _refuse(f"{error.strerror}{where}: {advice}", FAILED)
    return code


def _never_stop_for_a_character() -> None:
    """Characters that the terminal or pipe cannot show come out escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _usage() -> str:
    verbs = "\n".join(f"  {verb:<10}{text}" for verb, text in VERBS.items())
    usage = "usage: metst VERB [options]   (metst VERB --help for its options, -q for quiet)"
    return f"{usage}\n\n{verbs}"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"metst: {message}\n")
    return code


def _set_up_logging(*, quiet: bool) -> None:
    console = Console(stderr=True)
    handler: logging.Handler = logging.StreamHandler()
    if console.is_terminal:  # a plain handler would tear the progress bar apart
        handler = RichHandler(console=console, show_time=False, show_level=False, show_path=False)
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
    logging.getLogger("metst").setLevel(level)
