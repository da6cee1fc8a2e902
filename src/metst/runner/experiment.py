"""A whole experiment: its folds, its report, and its log at wandb."""

import logging
from pathlib import Path

import yaml
from jsonargparse import ArgumentParser, Namespace

from metst.base.errors import MetstError
from metst.base.settings import flat
from metst.report import write_report
from metst.results.ledger import RunFolder
from metst.runner.config import to_yaml
from metst.runner.options import WandbOptions, run_folder
from metst.runner.runner import Finished, run_loso
from metst.runner.selection import Selection
from metst.runner.tracking import track

_log = logging.getLogger(__name__)


def run_experiment(
    parser: ArgumentParser,
    config: Namespace,
    selection: Selection = Selection(),  # noqa: B008 - frozen
    *,
    fresh: bool = False,
) -> Finished:
    """Run what is missing of an experiment, and write the report where there is something new.

    Arguments and errors are those of `metst.runner.runner.run_loso`.
    """
    folder = RunFolder(run_folder(config))
    settings = dict(flat(yaml.safe_load(to_yaml(parser, config))))
    options = WandbOptions(**config.wandb.as_dict())
    with track(options, folder.path, config.name, settings) as tracker:
        finished = run_loso(parser, config, selection, fresh=fresh, begun=tracker.follow)
        if finished.results:
            _report(finished, folder)
        # Tasks of a cluster run a few folds each: whoever completes the run logs its end.
        if finished.results and (finished.results["complete"] or selection == Selection()):
            tracker.conclude(folder, finished.results, finished.damaged)
    return finished


def _report(finished: Finished, folder: RunFolder) -> None:
    """Write the page, unless it is there already; what stops it stops nothing else."""
    if not finished.ran and folder.report.exists():
        return
    try:
        path: Path = write_report([folder.path])
        _log.info("report: %s", path)
    except (MetstError, OSError) as error:
        _log.error("no report: %s", error)
