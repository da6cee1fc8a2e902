"""Networks of the finished folds of a run."""

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, median
from typing import Any

import yaml

from metst.base.errors import ConfigError, DataError
from metst.base.files import read_json
from metst.predict.model import About, Model
from metst.results import read_annotations
from metst.results.checkpoint import LAST, require_intact
from metst.results.judging import judging
from metst.results.ledger import FoldFolder, RunFolder
from metst.results.outputs import AGAIN
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.weights import build_network, read_plain

NETWORK = "metst.systems.me_tst.network.METST"
"""The network that can be read back; any other would be code from a file."""


def load_run(folder: Path, fold: str | None) -> Model:
    """Networks of a run, or of one of its folds.

    Raises:
        MetstError: it is no run, or one without finished folds, or a file of it is damaged.
        ConfigError: networks of another kind.
    """
    run = RunFolder(folder)
    if not run.config.is_file() or not run.annotations.is_file():
        msg = "expected the folder of a run with config.yaml and annotations.csv"
        raise DataError(folder, msg)
    chosen = _chosen(run, fold)
    data, network, peak = _settings(run)
    if data.get("whole_videos"):
        msg = f"{run.config}: its networks read whole videos (data.whole_videos), new ones come in "
        raise ConfigError(msg + "windows: take a run that was trained on windows")
    facts = [_facts(fold) for fold in chosen]
    floors = [floor for _, floor in facts if floor is not None]
    recordings = read_annotations(run.annotations)
    if not recordings:
        raise DataError(run.annotations, "expected the recordings of the run, found none")
    name = f"{folder.resolve().name}, " + (f"fold {fold}" if fold else f"{len(chosen)} folds")
    about = About(
        name,
        fps=recordings[0].timebase.sampled_fps,
        k=data["k"],
        k_p=int(median(k_p for k_p, _ in facts)),
        peak=peak,
        # The mean of several curves nowhere exceeds the mean of their maxima.
        floor=fmean(floors) if len(floors) == len(facts) else None,
    )
    return Model(about, tuple(_network(fold, network) for fold in chosen))


def load_fold(checkpoint: Path) -> Model:
    """The network of a fold's `last.ckpt`; the facts are in the folder of its run.

    Raises:
        MetstError: it is not that of a finished fold, or damaged; see `load_run`.
    """
    place = checkpoint.resolve()
    if place.name != LAST or len(place.parents) < 3 or place.parents[1].name != "folds":
        msg = f"expected the {LAST} of a finished fold, RUN/folds/SUBJECT/{LAST}"
        raise DataError(checkpoint, msg)
    return load_run(place.parents[2], place.parent.name)


def _chosen(run: RunFolder, fold: str | None) -> list[FoldFolder]:
    """The finished folds, or the one that is wanted."""
    done = [p.name for p in sorted(run.path.glob("folds/*")) if run.fold(p.name).done]
    if fold is not None and fold not in done:
        msg = f"expected a finished fold, one of {', '.join(done) or 'none'}, got {fold!r}"
        raise DataError(run.path, msg)
    if not done:
        raise DataError(run.path, "no fold of this run is finished")
    return [run.fold(name) for name in ([fold] if fold else done)]


def _settings(run: RunFolder) -> tuple[dict[str, Any], dict[str, Any], float]:
    """Arguments of the data module and of the network, and the peak threshold's place."""
    try:
        config = yaml.safe_load(run.config.read_text(encoding="utf-8"))
        data, network = config["data"]["init_args"], config["model"]["init_args"]["network"]
        kind, arguments = network["class_path"], network.get("init_args") or {}
        peak = judging(config)[0]
        even = data["k"] % 2 == 0 and data["k"] > 0
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(run.config, "expected the settings of a run; it is damaged") from error
    if not even:
        raise DataError(run.config, f"data.k: expected an even number, got {data['k']}")
    if kind != NETWORK:
        msg = f"{run.config}: expected the network {NETWORK}, got {kind}"
        raise ConfigError(msg)
    return data, arguments, peak


def _facts(fold: FoldFolder) -> tuple[int, float | None]:
    """k_p and floor that a fold noted; folds of earlier versions have no floor."""
    if not fold.metrics.is_file():
        raise DataError(fold.metrics, f"expected the scores of a finished fold; {AGAIN}")
    require_intact(fold.metrics, AGAIN)
    try:
        strict = read_json(fold.metrics)["strict"]
        return int(strict["k_p"]), strict.get("floor")
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(fold.metrics, f"expected the k_p of a fold; {AGAIN}") from error


def _network(fold: FoldFolder, config: Mapping[str, Any]) -> METST:
    path = fold.checkpoint
    require_intact(path, AGAIN)
    stored = read_plain(path, "the checkpoint of a finished fold")
    weights = stored.get("state_dict") if isinstance(stored, dict) else None
    if not isinstance(weights, dict):
        raise DataError(path, "expected the checkpoint of a finished fold, found other tensors")
    own = {k.removeprefix("network."): v for k, v in weights.items() if k.startswith("network.")}
    return build_network(path, config, own)
