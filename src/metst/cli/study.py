"""`metst study --study FILE --config experiments/demo.yaml`: its variants, and their table."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from jsonargparse import ArgumentParser, Namespace

from metst.base.errors import ConfigError
from metst.base.files import check_place, folder_name, write_atomic
from metst.cli._tables import console, print_study
from metst.results.layouts import LAYOUTS
from metst.results.lines import paper_table
from metst.results.run import Run, open_run
from metst.results.table import Table
from metst.runner.arguments import options, parse
from metst.runner.config import build, experiment_parser
from metst.runner.environments import warn_changed
from metst.runner.runner import run_experiment
from metst.runner.studies.study import Study, read_study

_log = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> int:
    """Run what is missing, write and print the table; 1 if a fold failed."""
    parser = _parser()
    config = parse(parser, arguments)
    study = read_study(config.study)
    trials = list(_trials(parser, study, arguments))
    folder = _folder(config, study)
    check_place(folder, "loso.runs", folder=True)
    loso = experiment_parser("metst loso")
    for variant, _, trial in trials:
        trial.pop("study")
        _check(study, variant, loso, trial)  # every setting, before any training
    failed = False
    for number, (variant, seed, trial) in enumerate(trials, 1):
        _log.info("%s: run %d of %d: %s, seed %d", study.name, number, len(trials), variant, seed)
        finished = run_experiment(loso, trial)
        failed |= bool(finished.failed)
        for subject, error in finished.failed.items():
            _log.error("%s: fold %s failed: %s", trial.name, subject, error)
        warn_changed(trial.name, finished.changed)
    table = _table(study, folder)
    write_atomic(folder / "table.md", table.markdown().encode())
    write_atomic(folder / "table.tex", table.latex().encode())
    print_study(table)
    console().print(f"written to {folder / 'table.md'} and table.tex", soft_wrap=True)
    return 1 if failed else 0


def _parser() -> ArgumentParser:
    parser = experiment_parser("metst study")
    parser.add_argument("--study", type=Path, required=True, help="experiments/studies/*.yaml")
    return parser


def _folder(config: Namespace, study: Study) -> Path:
    runs: Path = config.loso.runs
    return runs / folder_name(f"{folder_name(config.name, 'name')}-{study.name}", "study")


def _check(study: Study, variant: str, parser: ArgumentParser, trial: Namespace) -> None:
    try:
        build(parser, trial)
    except ConfigError as error:
        msg = f"{study.name}: variant {variant}: {error}"
        raise ConfigError(msg) from error


def _trials(
    parser: ArgumentParser, study: Study, arguments: Sequence[str]
) -> Iterator[tuple[str, int, Namespace]]:
    """Name of the variant, seed and configuration of every run."""
    folder = _folder(parse(parser, arguments), study)
    for variant, settings in study.variants.items():
        for seed in study.seeds:
            own = [f"--seed={seed}", f"--loso.runs={folder}", f"--name={variant}-{seed}"]
            yield variant, seed, parse(parser, [*arguments, *options(settings), *own])


def _table(study: Study, folder: Path) -> Table:
    runs: dict[str, list[Run]] = {
        name: [open_run(folder / f"{name}-{seed}", results=True) for seed in study.seeds]
        for name in study.variants
    }
    rows = [(row.label, runs[row.variant], row.synergy) for row in study.rows]
    return paper_table(study.title, LAYOUTS[study.layout], rows)
