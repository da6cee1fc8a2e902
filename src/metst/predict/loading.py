"""Networks from wherever they are: a run, a fold, an exported file, an authors' checkpoint."""

import math
from dataclasses import replace
from importlib import resources
from pathlib import Path

from metst.base.errors import ConfigError, DataError
from metst.predict.exported import load_exported
from metst.predict.model import Model
from metst.predict.released import Assumptions, load_released
from metst.predict.runs import load_fold, load_run
from metst.predict.spotters import SpotterModel
from metst.systems.me_tst.weights import Network

DEMONSTRATION = "demonstration (trained on generated faces): not for research"


def load_model(
    place: Path | None = None,
    fold: str | None = None,
    assumptions: Assumptions | None = None,
    floor: float | None = None,
) -> Model | SpotterModel:
    """Networks from wherever they are.

    Args:
        place: a run folder (all its finished folds), a fold's `last.ckpt`, a file of
            `export_model`, or an authors' checkpoint (`.pkl`); None takes the demonstration that
            comes with the package.
        fold: the one fold of a run that is taken.
        assumptions: facts that an authors' checkpoint does not carry.
        floor: least height of a find, in place of the learned one; 0 for none.

    Raises:
        MetstError: there is nothing of the kind, or it is damaged.
        ConfigError: `fold` for what has no folds, `assumptions` for what carries these facts, a
            `floor` that is no score, or a network of another kind.
    """
    if floor is not None and not (math.isfinite(floor) and 0 <= floor <= 1):
        msg = f"--floor: expected a score from 0 (no floor) to 1, got {floor}"
        raise ConfigError(msg)
    model = _load(place, fold, assumptions or Assumptions())
    if isinstance(model, Model):
        _check(model, place)
    return model if floor is None else replace(model, about=replace(model.about, floor=floor))


def _check(model: Model, place: Path | None) -> None:
    """Refuse networks that do not fit their facts; one's own were looked at in training."""
    network = model.networks[0]
    if not isinstance(network, Network):
        return
    config = network.config
    wanted = model.about.rois.channels, len(model.about.emotions)
    if (config["channels"], config["emotions"]) != wanted:
        found = f"{config['channels']} channels and {config['emotions']} emotions"
        msg = f"expected networks of {wanted[0]} flow channels and {wanted[1]} emotions"
        raise DataError(place or Path(), f"{msg}, found {found}")


def _load(place: Path | None, fold: str | None, assumptions: Assumptions) -> Model | SpotterModel:
    if fold is not None and (place is None or not place.is_dir()):
        msg = f"--fold {fold}: expected a run folder as --checkpoint, got {place}"
        raise ConfigError(msg)
    if place is not None and not place.exists():
        raise DataError(place, "expected a run folder or a checkpoint, found nothing")
    if place is not None and place.suffix == ".pkl" and not place.is_dir():
        return load_released(place, assumptions)
    if assumptions.given:
        known = f"{place or 'the demonstration'} carries these facts itself"
        msg = f"--assume, --k-p and --model-fps are for authors' checkpoints (.pkl); {known}"
        raise ConfigError(msg)
    if place is None:
        with resources.as_file(resources.files("metst.predict") / "demo.safetensors") as file:
            return load_exported(file)
    if place.is_dir():
        return load_run(place, fold)
    return load_fold(place) if place.suffix == ".ckpt" else load_exported(place)
