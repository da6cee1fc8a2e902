"""`metst sweep experiments/sweeps/demo.yaml --local`: search settings, each trial a whole LOSO run.

Without `--local` wandb's servers choose the settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from jsonargparse import ArgumentParser
from jsonargparse.typing import NonNegativeInt, PositiveInt

from metst.base.errors import ConfigError
from metst.base.files import check_place
from metst.base.terminal import table_of
from metst.cli._tables import console
from metst.runner.arguments import parse
from metst.runner.stopping import sigterm_is_ctrl_c
from metst.runner.sweeps.file import SweepFile, check_settings, read_sweep
from metst.runner.sweeps.folder import SweepFolder
from metst.runner.sweeps.local import count_trials, run_nested, run_sweep
from metst.runner.sweeps.options import trial_parser
from metst.runner.sweeps.outcome import gap, markdown, tables
from metst.runner.sweeps.page import write_pages
from metst.runner.sweeps.servers import run_agent
from metst.runner.sweeps.trial import read_trial

USAGE = "expected a sweep first: metst sweep experiments/sweeps/demo.yaml --local"


@dataclass(frozen=True)
class _Own:
    """Options of the verb itself, see `_parser`."""

    local: bool
    trials: int | None
    sweep_seed: int
    nested: bool
    check: bool
    table: bool


@dataclass(frozen=True)
class _Asked:
    """What the command line asks for.

    Attributes:
        words: options of every trial.
    """

    sweep: SweepFile
    words: tuple[str, ...]
    folder: SweepFolder
    own: _Own


_OWN = tuple(field.name for field in fields(_Own))


def run(arguments: Sequence[str]) -> int:
    """Run what is missing of a sweep, write its pages; 1 if a trial failed."""
    if {"-h", "--help"} & set(arguments):
        console().print(_parser().format_help(), markup=False, highlight=False)
        return 0
    asked = _read(arguments)
    check_settings(asked.sweep, asked.words)
    if asked.own.check:
        console().print(f"{asked.sweep.path} is sound", markup=False)
        return 0
    code = 0
    with sigterm_is_ctrl_c():
        if not asked.own.table:
            code = _run(asked)
    _tell(asked)
    return code


def _parser() -> ArgumentParser:
    parser = trial_parser("metst sweep FILE")
    parser.add_argument("--local", action="store_true", help="without wandb's servers")
    parser.add_argument("--trials", type=PositiveInt, default=None, help="at most so many")
    parser.add_argument(
        "--sweep_seed", type=NonNegativeInt, default=0, help="seed of local suggestions"
    )
    parser.add_argument(
        "--nested", action="store_true", help="also choose honestly: inner runs for each subject"
    )
    parser.add_argument("--check", action="store_true", help="check the file, and run nothing")
    parser.add_argument("--table", action="store_true", help="tables of what is there, run nothing")
    return parser


def _read(arguments: Sequence[str]) -> _Asked:
    """The file, and the options that go to its trials."""
    if not arguments or arguments[0].startswith("-"):
        raise ConfigError(USAGE)
    sweep = read_sweep(Path(arguments[0]))
    parsed = parse(_parser(), [*sweep.words, *arguments[1:]])
    own = _Own(**{name: parsed[name] for name in _OWN})
    if own.nested and (not own.local or sweep.method == "bayes"):
        msg = "--nested goes with --local and with grid or random: bayes chooses by test scores"
        raise ConfigError(msg)
    # Without servers nothing goes to wandb unless asked for.
    quiet = ["--wandb.mode=off"] if own.local else []
    # No trial is given up where the choice is to be honest: the rule looks at test scores.
    whole = ["--stop.after=0"] if own.nested else []
    more = _for_trials(arguments[1:])
    if more and not (own.local or own.check or own.table):
        msg = f"{more[0]}: agents take their options from {sweep.path}: write it there, or --local"
        raise ConfigError(msg)
    words = (*sweep.words, *quiet, *more, *whole)
    folder = read_trial(words, {}).folder
    check_place(folder.path, "loso.runs", folder=True)
    return _Asked(sweep, words, folder, own)


def _for_trials(arguments: Sequence[str]) -> list[str]:
    """The options without our own."""
    kept: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, _ = word.removeprefix("--").partition("=")
        if name not in _OWN:
            kept.append(word)
        elif name in ("trials", "sweep_seed") and not equals:
            next(words, None)
    return kept


def _run(asked: _Asked) -> int:
    own, sweep = asked.own, asked.sweep
    if not own.local:
        return run_agent(sweep, asked.folder.path, own.trials)
    records = run_sweep(sweep, asked.words, own.sweep_seed, count_trials(sweep, own.trials))
    if own.nested:
        run_nested(asked.words, asked.folder, records)
    return 1 if any(record.state == "failed" for record in records) else 0


def _tell(asked: _Asked) -> None:
    told = write_pages(asked.sweep, asked.folder)
    terminal = console()
    if terminal.is_terminal:
        terminal.print(*(table_of(*parts) for parts in tables(told)), gap(told), sep="\n")
    else:
        terminal.print(markdown(told), soft_wrap=True)
    console().print(f"written to {asked.folder.path / 'sweep.html'}", markup=False, soft_wrap=True)
