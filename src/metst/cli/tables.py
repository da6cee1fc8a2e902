"""`metst tables RUN...`: finished runs as tables in the layout of the paper's.

With `--config experiments/demo.yaml` in place of runs, every system is run first.
"""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.files import check_place, write_atomic
from metst.cli._tables import print_study
from metst.intervals.synergy import STRATEGIES
from metst.results.layouts import LAYOUTS
from metst.results.lines import experiment_of, paper_table
from metst.results.run import Run, open_run
from metst.runner.arguments import parse


def run(arguments: Sequence[str]) -> int:
    """Print the tables, and write them where asked; of an experiment, run its systems first."""
    if any(word.partition("=")[0] == "--config" for word in arguments):
        from metst.cli._systems import run_all  # with torch and lightning: seconds

        return run_all(arguments)
    parser = ArgumentParser(
        prog="metst tables",
        description="Finished runs as tables. With --config EXPERIMENT in place of runs, every "
        "system is run on its data set first; --config EXPERIMENT --help lists these options.",
        exit_on_error=False,
        allow_abbrev=False,
    )
    parser.add_argument("runs", type=Path, nargs="+", help="run folders; seeds share a row")
    parser.add_argument("--layout", choices=tuple(LAYOUTS), help="one table only; default: all")
    parser.add_argument(
        "--synergy", choices=tuple(STRATEGIES), help="strategy of all; default: that of each run"
    )
    parser.add_argument("--out", type=Path | None, help="folder for the .md and .tex files")
    config = parse(parser, arguments)
    if config.out:
        check_place(config.out, "--out", folder=True)
    groups = _seeds_together([open_run(folder, results=True) for folder in config.runs])
    rows = [(_label(runs), runs, config.synergy) for runs in groups]
    for name in [config.layout] if config.layout else list(LAYOUTS):
        title = f"{name.capitalize()} as in {LAYOUTS[name].paper} of ME-TST"
        table = paper_table(title, LAYOUTS[name], rows)
        print_study(table)
        if config.out:
            write_atomic(config.out / f"{name}.md", table.markdown().encode())
            write_atomic(config.out / f"{name}.tex", table.latex().encode())
    return 0


def _seeds_together(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that differ in their seed alone, in the order given; a seed again begins a new row."""
    groups: list[list[Run]] = []
    for each in runs:
        group = next((g for g in groups if _is_another_seed(each, g)), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return groups


def _is_another_seed(run: Run, group: Sequence[Run]) -> bool:
    seeds = [each.config["seed"] for each in group]
    return run.config["seed"] not in seeds and experiment_of(run) == experiment_of(group[0])


def _label(group: Sequence[Run]) -> str:
    names = [run.name for run in group]
    more = len(names) - 1
    return f"{names[0]} and {more} more seed{'s' * (more > 1)}" if more else names[0]
