"""A run judged again under other post-processing, from what its folds kept: nothing is trained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from jsonargparse import Namespace

from metst.base.errors import ConfigError, DataError
from metst.intervals.predictions import proposed_table
from metst.results.outputs import AGAIN
from metst.results.run import FoldResult, Run, open_run
from metst.runner.config import Experiment, build, experiment_parser
from metst.runner.pooling import pooled
from metst.systems.me_tst.weights import fold_weights


def rescore(
    run: Path,
    *,
    peak: float | None = None,
    synergy: str | None = None,
    subjects: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Predictions and results of a run as if these settings had been others.

    Args:
        run: run folder.
        peak: where the peak threshold lies between mean and maximum of the smoothed score; the
            run's own by default.
        synergy: strategy of the main scores; the run's own by default.
        subjects: folds to judge; all that are done by default.

    Returns:
        The predictions table and the contents of `results.json`.

    Raises:
        DataError: it is no run, a fold that is asked for is not done, or the features are gone.
        ConfigError: the system has no such setting, or the data are not those of the run any more.
    """
    finished = open_run(run)
    parser = experiment_parser("metst loso")
    config = parser.parse_object(dict(finished.config))
    if peak is not None:
        _change_model(config, {"peak": peak})
    if synergy is not None:
        config.evaluation.variant = synergy
    experiment = build(parser, config)
    data, judgment = experiment.fold_data, experiment.judgment
    chosen = _chosen(finished, data.source.subjects(), subjects)
    finished.folder.check_data(experiment.identity(), data.source.subjects())
    tables = [_predictions(finished.fold(s), experiment) for s in chosen]
    predictions = pd.concat(tables, ignore_index=True)
    return predictions, pooled(predictions, chosen, data, judgment)


def _chosen(run: Run, there: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """The folds to judge, in the order of the data set."""
    if not there:
        msg = "its features are not in the store any more; measure them again: metst extract"
        raise DataError(run.path, f"{msg} --config {run.folder.config}")
    finished = {fold.subject for fold in run.folds}
    done = [s for s in there if s in finished]
    missing = [s for s in wanted or () if s not in done]
    if missing or not done:
        msg = f"not done: {', '.join(missing) or 'any fold'}; done: {', '.join(done) or 'none'}"
        raise DataError(run.path, f"{msg}; `metst loso` goes on with a run")
    return done if wanted is None else [s for s in done if s in wanted]


def _change_model(config: Namespace, wanted: dict[str, Any]) -> None:
    """Change arguments of the system."""
    for name, value in wanted.items():
        if name not in (config.model.get("init_args") or {}):
            msg = f"{name}: {config.model.class_path} has no such setting"
            raise ConfigError(msg)
        config.model.init_args[name] = value


@torch.inference_mode()
def _predictions(fold: FoldResult, experiment: Experiment) -> pd.DataFrame:
    """What one fold would have predicted."""
    data, system = experiment.fold_data, experiment.model
    outputs = fold.outputs
    data.choose(fold.subject, experiment.seed)
    system.calibrate(data)
    if system.trainable and not system.keeps_all:
        system.load_state_dict(fold_weights(fold.checkpoint))
        system.eval()
    try:
        return proposed_table(system.proposals(outputs, data), data.fold.emotions)
    except KeyError as error:
        wanted = f"expected the output {error} of {type(system).__name__}, found others"
        raise DataError(fold.folder.outputs, f"{wanted}; {AGAIN}") from error
