"""`metst slurm --config experiments/casme3.yaml`: the experiment as jobs of a Slurm cluster."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import cast

from jsonargparse import Namespace

from metst.base.errors import ConfigError
from metst.base.executors import ExecutorOptions
from metst.base.files import check_place, write_atomic
from metst.features.source import SourceData
from metst.runner.arguments import parse
from metst.runner.config import Experiment, build, experiment_parser, to_yaml
from metst.runner.options import run_folder
from metst.runner.slurm import Plan, SlurmOptions, scripts
from metst.runner.slurm.scripts import EXPERIMENT, LOGS


def run(arguments: Sequence[str]) -> int:
    """Write the scripts, and print how to submit them; nothing is submitted."""
    parser = experiment_parser("metst slurm")
    parser.add_class_arguments(SlurmOptions)
    config = parse(parser, arguments)
    options = SlurmOptions(**{f.name: config.pop(f.name) for f in fields(SlurmOptions)})
    parser = experiment_parser("metst loso")
    plan = _plan(config, build(parser, config), options)
    check_place(plan.folder, "out" if options.out else "loso.runs", folder=True)
    (plan.folder / LOGS).mkdir(parents=True, exist_ok=True)
    for name, text in {EXPERIMENT: to_yaml(parser, config), **scripts(plan)}.items():
        write_atomic(plan.folder / name, text.encode())
    sys.stdout.write(
        f"{plan.folder}: scripts for {len(plan.subjects)} folds and {plan.shards} shards of the "
        f"videos. Read them, change them, then\n\n"
        f"  bash {shlex.quote(str(plan.folder / 'submit.sh'))}\n"
    )
    return 0


def _plan(config: Namespace, experiment: Experiment, options: SlurmOptions) -> Plan:
    """What the scripts depend on.

    Raises:
        ConfigError: settings that contradict jobs of Slurm.
        DataError: the data set is not there: its subjects are the folds.
    """
    if options.gpus and experiment.trainer["accelerator"] == "cpu":
        msg = "gpus: expected 0, since trainer.accelerator is cpu and would leave a GPU idle"
        raise ConfigError(msg)
    if experiment.executor != ExecutorOptions():
        msg = "executor: expected its defaults, since Slurm gives out the folds and the cores"
        raise ConfigError(msg)
    source = cast(SourceData, experiment.data).source
    source.locate()
    videos = source.explain()
    # Before the extraction the folders name the subjects; after it, the features that are there.
    missing = any(reason is not None for reason in videos.values())
    subjects = dict.fromkeys(s for s, _ in videos) if missing else source.subjects()
    return Plan(
        name=config.name,
        options=options,
        folder=(options.out or run_folder(config) / "slurm").resolve(),
        project=Path.cwd(),
        python=Path(sys.executable),
        subjects=tuple(subjects),
        shards=min(options.shards, len(videos)),
        threads=experiment.loso.threads,
    )
