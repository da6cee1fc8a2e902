"""`metst sweep experiments/sweeps/demo.yaml --local`: search settings, each trial a whole LOSO run.

Without `--local` wandb's servers choose the settings.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from metst.base.errors import ConfigError
from metst.base.files import check_place
from metst.base.settings import require
from metst.cli._tables import console
from metst.runner.stopping import sigterm_is_ctrl_c
from metst.runner.sweeps.file import SweepFile, check_settings, read_sweep
from metst.runner.sweeps.folder import SweepFolder
from metst.runner.sweeps.local import count_trials, run_nested, run_sweep
from metst.runner.sweeps.servers import run_agent
from metst.runner.sweeps.settings import trial_parser
from metst.runner.sweeps.summary import write_summary
from metst.runner.sweeps.trial import read_trial


def run(arguments: Sequence[str]) -> int:
    """Run what is missing of a sweep, write its summary; 1 if a trial failed."""
    if {"-h", "--help"} & set(arguments):
        for parser in (_parser(), trial_parser("and the options of metst trial:")):
            console().print(parser.format_help())
        return 0
    if not arguments or arguments[0].startswith("-"):
        msg = "expected a sweep first: metst sweep experiments/sweeps/demo.yaml --local"
        raise ConfigError(msg)
    sweep = read_sweep(Path(arguments[0]))
    own, rest = _parser().parse_known_args(arguments[1:])
    words = _words(sweep, own, rest)
    check_settings(sweep, words[len(sweep.words) :])
    folder = read_trial(words).folder
    check_place(folder.path, "loso.runs", folder=True)
    if own.check:
        console().print(f"{sweep.path} is valid")
        return 0
    code = 0
    with sigterm_is_ctrl_c():
        if not own.table:
            code = _run(sweep, words, folder, own)
    console().print(write_summary(sweep, folder), soft_wrap=True)
    console().print(f"written to {folder.path / 'sweep.html'}", soft_wrap=True)
    return code


def _parser() -> ArgumentParser:
    """Options of the verb itself; all others go to the trials."""
    parser = ArgumentParser("metst sweep FILE", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--local", action="store_true", help="without wandb's servers")
    parser.add_argument("--trials", type=int, help="at most so many")
    parser.add_argument("--sweep_seed", type=int, default=0, help="seed of local suggestions")
    parser.add_argument("--nested", action="store_true", help="also choose within other subjects")
    parser.add_argument("--check", action="store_true", help="check the file, and run nothing")
    parser.add_argument("--table", action="store_true", help="tables of what is there, run nothing")
    return parser


def _words(sweep: SweepFile, own: Namespace, rest: Sequence[str]) -> list[str]:
    """Options of every trial."""
    require("--trials", own.trials, own.trials is None or own.trials >= 1, "1 or more")
    require("--sweep_seed", own.sweep_seed, own.sweep_seed >= 0, "0 or more")
    if own.nested and not own.local:
        msg = "--nested goes with --local: a server chooses by test scores"
        raise ConfigError(msg)
    if rest and not (own.local or own.check or own.table):
        msg = f"{rest[0]}: agents take their options from {sweep.path}: write it there, or --local"
        raise ConfigError(msg)
    # Without servers nothing goes to wandb unless asked for.
    quiet = ["--wandb.mode=off"] if own.local else []
    # No trial is given up where trials are chosen within others: the rule looks at test scores.
    whole = ["--stop.after=0"] if own.nested else []
    return [*sweep.words, *quiet, *rest, *whole]


def _run(sweep: SweepFile, words: Sequence[str], folder: SweepFolder, own: Namespace) -> int:
    if not own.local:
        return run_agent(sweep, folder.path, own.trials)
    trials = run_sweep(sweep, words, own.sweep_seed, count_trials(sweep, own.trials))
    if own.nested:
        run_nested(folder, trials)
    return 1 if any(record.state == "failed" for _, record in trials) else 0
