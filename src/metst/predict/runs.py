"""Networks of the finished folds of a run."""

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean, median
from typing import Any, cast

from torch import nn

from metst.base.errors import ConfigError, DataError
from metst.base.settings import require
from metst.features.roi_flow import method_of, roi_set
from metst.features.settings import FLOW_WINDOWS, arguments_of, class_of
from metst.predict.model import About, Model
from metst.predict.spotters import SpotterModel, load_spotters, reads_images
from metst.results.checkpoint import LAST
from metst.results.run import FoldResult, Run, open_run
from metst.scoring.pooling import PUBLISHED
from metst.systems.me_tst.weights import build_network, fold_weights
from metst.video.detectors import DETECTORS, RELEASED

NETWORK = "metst.systems.me_tst.network.METST"
"""ME-TST's. A run folder is one's own: the network and regions (`samples.rois`) may name
code by an import path, as the experiment did. An exported file, which may come from others, holds
them as plain values and imports nothing."""

NAMED = "recognition_first", PUBLISHED
"""Strategies by which intervals of new videos can be named; of another, as published."""


def load_run(folder: Path, fold: str | None) -> Model | SpotterModel:
    """Networks of a run, or of one of its folds.

    Raises:
        MetstError: it is no run, or one without finished folds, or a file of it is damaged.
        ConfigError: networks of another kind.
    """
    run = open_run(folder)
    chosen = _chosen(run, fold)
    if not run.recordings:
        raise DataError(run.folder.annotations, "expected the recordings of the run, found none")
    name = f"{run.name}, " + (f"fold {fold}" if fold else f"{len(chosen)} folds")
    if reads_images(run):
        return load_spotters(run, chosen, name)
    samples, network = _settings(run)
    if samples.get("whole_videos"):
        msg = (
            f"{run.folder.config}: its networks read whole videos (data.samples.whole_videos), new "
            "ones come in windows: take a run that was trained on windows"
        )
        raise ConfigError(msg)
    metrics = [fold.metrics for fold in chosen]
    peaks = [m.peak for m in metrics if m.peak is not None]
    floors = [m.floor for m in metrics if m.floor is not None]
    about = About(
        name,
        fps=run.recordings[0].timebase.sampled_fps,
        k=samples["k"],
        k_p=int(median(m.k_p for m in metrics)),
        peak=median(peaks) if peaks else run.peak,
        rule=run.arguments("model").get("rule"),
        contrast=run.arguments("model").get("least"),
        # The mean of several curves nowhere exceeds the mean of their maxima.
        floor=fmean(floors) if len(floors) == len(metrics) else None,
        emotions=chosen[0].emotions,
        rois=roi_set(samples.get("rois") or "me_tst"),
        method=method_of(samples),
        detector=_detector(run, samples),
        synergy=run.judgment.variant if run.judgment.variant in NAMED else PUBLISHED,
    )
    kind = _kind(run, network["class_path"])
    return Model(about, tuple(_network(fold, kind, network) for fold in chosen))


def load_fold(checkpoint: Path) -> Model | SpotterModel:
    """The network of a fold's `last.ckpt`; the facts are in the folder of its run.

    Raises:
        MetstError: it is not that of a finished fold, or damaged; see `load_run`.
    """
    place = checkpoint.resolve()
    if place.name != LAST or len(place.parents) < 3 or place.parents[1].name != "folds":
        msg = f"expected the {LAST} of a finished fold, RUN/folds/SUBJECT/{LAST}"
        raise DataError(checkpoint, msg)
    return load_run(place.parents[2], place.parent.name)


def _chosen(run: Run, fold: str | None) -> list[FoldResult]:
    """The finished folds, or the one that is wanted."""
    if fold is None:
        if not run.folds:
            raise DataError(run.path, "expected a finished fold, found none")
        return list(run.folds)
    chosen = [each for each in run.folds if each.subject == fold]
    if not chosen:
        done = ", ".join(each.subject for each in run.folds) or "none"
        raise DataError(run.path, f"expected a finished fold, one of {done}, got {fold!r}")
    return chosen


def _settings(run: Run) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Arguments of the samples; class path and arguments of the network."""
    path = run.folder.config
    try:
        settings = run.arguments("data")["samples"]
        network: Mapping[str, Any] = run.arguments("model").get("network") or {}
        read = (network["class_path"] if network else "no network", settings["class_path"])
        samples = settings.get("init_args") or {}
        if not network or read[1] not in FLOW_WINDOWS:
            wanted = f"predict reads networks such as {NETWORK} on {FLOW_WINDOWS[0]}"
            msg = f"{path}: {wanted}, got {' on '.join(read)}"
            raise ConfigError(msg)
        even = samples["k"] % 2 == 0 and samples["k"] > 0
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(path, "expected the settings of a run; it is damaged") from error
    if not even:
        raise DataError(path, f"data.samples.k: expected an even number, got {samples['k']}")
    return samples, network


def _kind(run: Run, name: str) -> type[nn.Module]:
    """The class of the networks."""
    try:
        kind = class_of(name)
    except ConfigError as error:
        msg = f"{run.folder.config}: model.network: {error}; be where its module can be imported"
        raise ConfigError(msg) from error
    wanted = isinstance(kind, type) and issubclass(kind, nn.Module)
    require(f"{run.folder.config}: model.network", name, wanted, "a torch.nn.Module")
    return cast("type[nn.Module]", kind)


def _detector(run: Run, samples: Mapping[str, Any]) -> str:
    """Name of what found the faces in training."""
    name = samples.get("detector") or RELEASED
    if not isinstance(name, str) or name not in DETECTORS:
        known = " or ".join(DETECTORS)
        wanted = f"{run.folder.config}: predict finds faces with {known}"
        msg = f"{wanted}, the run did with data.samples.detector: {name}"
        raise ConfigError(msg)
    return str(name)


def _network(fold: FoldResult, kind: type[nn.Module], settings: Mapping[str, Any]) -> nn.Module:
    path, config = fold.checkpoint, arguments_of(settings)
    weights = fold_weights(path)
    own = {k.removeprefix("network."): v for k, v in weights.items() if k.startswith("network.")}
    return build_network(path, config, own, kind)
