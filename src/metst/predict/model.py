"""Trained networks with what they must be told: frame rate, window, length of an ME."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from statistics import median
from typing import Any

import torch
import yaml
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from metst.errors import ConfigError, DataError
from metst.files import read_json, write_atomic
from metst.loso.checkpoint import AtomicCheckpointIO
from metst.loso.ledger import RunFolder
from metst.network import METST
from metst.release import load_network
from metst.results import read_annotations
from metst.results.judging import judging
from metst.roi_flow import Reference

FORMAT = 1
"""Version of the layout of an exported file."""

NETWORK = "metst.network.METST"
"""The network that can be read back; any other would be code from a file."""

BLOCK = 64
"""Windows that go through a network at once: memory does not grow with the video."""

DEMONSTRATION = "demonstration (trained on generated faces): not for research"

RELEASED_FPS, RELEASED_K, RELEASED_K_P = 30.0, 50, 6
"""Assumed of an authors' checkpoint, which does not carry them: CAS(ME)^3, MEs of 0.4 s."""


@dataclass(frozen=True)
class About:
    """What networks must be told, and users.

    Attributes:
        name: what it is called in outputs.
        fps: frames per second that the networks have learned.
        k: frames per window.
        k_p: half the mean ME length, in frames.
        peak: where the peak threshold lies between mean and maximum of the smoothed score.
        reference: what flow is measured from.
    """

    name: str
    fps: float
    k: int
    k_p: int
    peak: float = 0.55
    reference: Reference = "window"


@dataclass(frozen=True)
class Model:
    """One network or several, whose curves are averaged, in eval mode."""

    about: About
    networks: tuple[METST, ...]


def load_model(place: Path | None = None, fold: str | None = None) -> Model:
    """Networks from wherever they are.

    Args:
        place: a run folder (all its finished folds), a fold's `last.ckpt`, a file of
            `export_model`, or an authors' checkpoint (`.pkl`); None takes the demonstration that
            comes with the package.
        fold: the one fold of a run that is taken.

    Raises:
        DataError: there is nothing of the kind, or it is damaged.
        ConfigError: `fold` for what has no folds, or a network of another kind.
    """
    if fold is not None and (place is None or not place.is_dir()):
        msg = f"--fold {fold}: expected a run folder as --checkpoint, got {place}"
        raise ConfigError(msg)
    if place is None:
        with resources.as_file(resources.files("metst.predict") / "demo.safetensors") as file:
            return _exported(file)
    if place.is_dir():
        return _of_run(place, fold)
    if not place.is_file():
        raise DataError(place, "expected a run folder or a checkpoint, found nothing")
    if place.suffix == ".pkl":
        return _released(place)
    if place.suffix == ".ckpt" and len(place.resolve().parents) > 2:
        return _of_run(place.resolve().parents[2], place.resolve().parent.name)
    return _exported(place)


def _released(path: Path) -> Model:
    assumed = f"assumed: CAS(ME)^3, {RELEASED_FPS:g} frames/s, k_p {RELEASED_K_P}"
    about = About(f"{path.name} ({assumed})", RELEASED_FPS, RELEASED_K, RELEASED_K_P)
    return Model(about, (load_network(path),))


def export_model(model: Model, path: Path, name: str) -> None:
    """Write a single network with what it must be told to one file of plain arrays.

    Raises:
        ConfigError: the model is an ensemble.
    """
    if len(model.networks) != 1:
        msg = f"export: expected one network, got {len(model.networks)}; choose one with --fold"
        raise ConfigError(msg)
    network = model.networks[0]
    told = {**asdict(model.about), "name": name, "network": network.config, "format": FORMAT}
    tensors = {key: value.contiguous() for key, value in network.state_dict().items()}
    write_atomic(path, save(tensors, metadata={"metst": json.dumps(told, sort_keys=True)}))


def _exported(path: Path) -> Model:
    try:
        with safe_open(path, "pt") as file:
            told = json.loads((file.metadata() or {})["metst"])
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, KeyError, OSError, ValueError) as error:
        msg = f"expected a checkpoint written by `metst export` ({error})"
        raise DataError(path, msg) from error
    if told.pop("format", None) != FORMAT:
        raise DataError(path, f"expected format {FORMAT}: export it again with this version")
    try:
        network = _network(path, told.pop("network"), weights)
        return Model(About(**told), (network,))
    except (KeyError, TypeError) as error:
        msg = f"expected what `metst export` writes, found something else ({error})"
        raise DataError(path, msg) from error


def _of_run(folder: Path, fold: str | None) -> Model:
    """Networks of a run's finished folds."""
    run = RunFolder(folder)
    if not run.config.is_file() or not run.annotations.is_file():
        msg = "expected the folder of a run with config.yaml and annotations.csv"
        raise DataError(folder, msg)
    done = [p.name for p in sorted(folder.glob("folds/*")) if run.fold(p.name).done]
    if fold is not None and fold not in done:
        msg = f"expected a finished fold, one of {', '.join(done) or 'none'}, got {fold!r}"
        raise DataError(folder, msg)
    chosen = [fold] if fold else done
    if not chosen:
        raise DataError(folder, "no fold of this run is finished")
    config = yaml.safe_load(run.config.read_text(encoding="utf-8"))
    data = config["data"]["init_args"]
    if data.get("whole_videos"):
        msg = f"{run.config}: its networks read whole videos (data.whole_videos), new ones come in "
        raise ConfigError(msg + "windows: take a run that was trained on windows")
    networks = tuple(_of_fold(run, config, name) for name in chosen)
    k_p = [read_json(run.fold(n).metrics)["strict"]["k_p"] for n in chosen]
    name = f"{folder.resolve().name}, " + (f"fold {fold}" if fold else f"{len(chosen)} folds")
    about = About(
        name,
        fps=read_annotations(run.annotations)[0].timebase.sampled_fps,
        k=data["k"],
        k_p=int(median(k_p)),
        peak=judging(config)[0],
        reference=data.get("reference", "window"),
    )
    return Model(about, networks)


def _of_fold(run: RunFolder, config: Mapping[str, Any], name: str) -> METST:
    file = run.fold(name).checkpoint
    network = config["model"]["init_args"]["network"]
    if network["class_path"] != NETWORK:
        msg = f"{run.config}: expected the network {NETWORK}, got {network['class_path']}"
        raise ConfigError(msg)
    stored = AtomicCheckpointIO().load_checkpoint(file)["state_dict"]
    weights = {k.removeprefix("network."): v for k, v in stored.items() if k.startswith("network.")}
    return _network(file, network["init_args"], weights)


def _network(path: Path, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> METST:
    network = METST(**{**config, "backend": "auto"})
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        msg = f"its weights do not fit its own configuration ({reason})"
        raise DataError(path, msg) from error
    return network.eval()


@torch.inference_mode()
def outputs(model: Model, flow: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Score (W, k) and logits (W, k, E + 1) of flow windows (W, C, k), of each network."""
    k, classes = model.about.k, model.networks[0].config["emotions"] + 1
    nothing = torch.zeros(0, k), torch.zeros(0, k, classes)
    several: list[tuple[Tensor, Tensor]] = []
    for network in model.networks:
        starts = range(0, len(flow), BLOCK)
        blocks = [nothing, *(network(flow[i : i + BLOCK]) for i in starts)]
        scores, logits = zip(*blocks, strict=True)
        several.append((torch.cat(scores), torch.cat(logits)))
    return several
