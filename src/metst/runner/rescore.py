"""A run judged again under other post-processing, from what its folds kept: nothing is trained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd
from jsonargparse import Namespace

from metst.base.errors import ConfigError, DataError
from metst.results.ledger import FoldFolder, RunFolder
from metst.results.outputs import read_outputs
from metst.runner.config import build, experiment_parser
from metst.runner.pooling import fold_outputs, judging_callback, pooled
from metst.samples.data import FoldData, Judge, flow_windows


def rescore(
    run: Path,
    *,
    peak: float | None = None,
    synergy: str | None = None,
    subjects: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Predictions and results of a run whose judging callback had been told otherwise.

    Args:
        run: run folder.
        peak: where the peak threshold lies between mean and maximum of the smoothed score; the
            run's own by default.
        synergy: strategy of the main scores; the run's own by default.
        subjects: folds to judge; all that are done by default.

    Returns:
        The predictions table and the contents of `results.json`.

    Raises:
        DataError: it is no run, a fold that is asked for is not done, or the flow is gone.
        ConfigError: the callback cannot be told so, or the data are not those of the run any more.
    """
    folder = RunFolder(run)
    if not folder.config.is_file():
        raise DataError(folder.config, "expected here, in the folder of a run (`metst loso`)")
    parser = experiment_parser("metst loso")
    config = parser.parse_string(folder.config.read_text(encoding="utf-8"))
    _tell_callback(config, {"peak": peak, "synergy": synergy})
    experiment = build(parser, config)
    data, judge = cast(FoldData, experiment.data), judging_callback(experiment)
    chosen = _chosen(folder, data.subjects(), subjects)
    folder.check_data(data.identity(), data.subjects())
    tables = [_predictions(folder.fold(s), s, config.seed, data, judge) for s in chosen]
    predictions = pd.concat(tables, ignore_index=True)
    return predictions, pooled(predictions, chosen, data, judge)


def _chosen(folder: RunFolder, there: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """The folds to judge, in the order of the data set."""
    if not there:
        msg = "the flow of its data is not in the cache any more; measure it again: metst extract"
        raise DataError(folder.path, f"{msg} --config {folder.config}")
    done = [s for s in there if folder.fold(s).done]
    missing = [s for s in wanted or () if s not in done]
    if missing or not done:
        msg = f"not done: {', '.join(missing) or 'any fold'}; done: {', '.join(done) or 'none'}"
        raise DataError(folder.path, f"{msg}; `metst loso` goes on with a run")
    return done if wanted is None else [s for s in done if s in wanted]


def _tell_callback(config: Namespace, wanted: dict[str, Any]) -> None:
    """Change arguments of the callback that judges."""
    for name, value in wanted.items():
        if value is None:
            continue
        takers = [c.init_args for c in config.callbacks if name in (c.get("init_args") or {})]
        if not takers:
            msg = f"{name}: no callback of the run takes it, as SpotThenRecognize does"
            raise ConfigError(msg)
        for arguments in takers:
            arguments[name] = value


def _predictions(
    fold: FoldFolder, subject: str, seed: int, data: FoldData, judge: Judge
) -> pd.DataFrame:
    """What one fold would have predicted."""
    tensors = read_outputs(fold)
    data.choose(subject, seed)
    return judge.predict(fold_outputs(tensors, data), flow_windows(data), data)
