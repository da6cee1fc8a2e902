"""Trained systems that score flow images, such as MEAN, with the facts that a new video needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from torch import Tensor

from metst.base.errors import ConfigError, DataError
from metst.features.settings import class_of, made
from metst.intervals.decoder import PEAK
from metst.intervals.fitting import Constants
from metst.intervals.sampled import SampleDecoder
from metst.predict.model import About
from metst.results.run import FoldResult, Run
from metst.samples import PairImages
from metst.systems.me_tst.weights import fold_weights
from metst.systems.sample_spotter import SampleSpotter, constants_name

Settings = Mapping[str, Any]
"""`class_path` and `init_args`, plain values."""

OWN = "metst.systems."
"""Where the classes lie that an exported file may name."""


@dataclass(frozen=True)
class SpotterModel:
    """One trained system or several of one kind, whose curves are averaged, in eval mode.

    Attributes:
        about: facts for users; `k` is the number of frames between the two of an image.
        settings: of the system and of its samples.
        systems: at least one.
        samples: what they read.
        constants: of the strict decoder of micro-expressions.
    """

    about: About
    settings: tuple[Settings, Settings]
    systems: tuple[SampleSpotter, ...]
    samples: PairImages
    constants: Constants


def reads_images(run: Run) -> bool:
    """Whether a run's system is of this kind."""
    settings = run.config.get("model")
    if not isinstance(settings, Mapping) or "class_path" not in settings:
        return False
    try:
        found = class_of(settings["class_path"])
    except ConfigError:
        return False
    return isinstance(found, type) and issubclass(found, SampleSpotter)


def load_spotters(run: Run, chosen: Sequence[FoldResult], name: str) -> SpotterModel:
    """Systems of finished folds.

    Raises:
        MetstError: a file of the run is damaged.
    """
    settings = run.config["model"], run.arguments("data")["samples"]
    paths = [fold.checkpoint for fold in chosen]
    systems = [with_weights(settings[0], fold_weights(path), path) for path in paths]
    fits = [_constants(s, run, fold) for s, fold in zip(systems, chosen, strict=True)]
    constants = {key: fmean(fit[key] for fit in fits) for key in fits[0]}
    fps = run.recordings[0].timebase.sampled_fps
    return spotter_model(name, fps, chosen[0].emotions, settings, systems, constants)


def spotter_model(
    name: str,
    fps: float,
    emotions: tuple[str, ...],
    settings: tuple[Settings, Settings],
    systems: Sequence[SampleSpotter],
    constants: Constants,
) -> SpotterModel:
    """A model of trained systems and what was fitted with them."""
    samples: PairImages = made(settings[1])
    about = About(
        name,
        fps=fps,
        k=samples.feature.at(fps).k,
        k_p=int(constants.get("k_p", 0)) or 1,
        peak=constants.get("peak", PEAK),
        emotions=emotions[: systems[0].emotions],
    )
    return SpotterModel(about, settings, tuple(systems), samples, constants)


def exported_facts(model: SpotterModel) -> dict[str, Any]:
    """What an exported file holds beside `About` and the weights, as plain values.

    Raises:
        ConfigError: the system is not one of this package, which alone a file may name.
    """
    for settings in model.settings:
        if not str(settings["class_path"]).startswith(OWN):
            msg = f"export: expected a system of metst, got {settings['class_path']}"
            raise ConfigError(msg)
    system, samples = (dict(settings) for settings in model.settings)
    return {"system": system, "samples": samples, "constants": dict(model.constants)}


def of_exported(facts: Settings, weights: Mapping[str, Tensor], path: Path) -> SpotterModel:
    """The system of an exported file, which may come from others: no other code is imported.

    Raises:
        DataError: it holds something else.
    """
    try:
        settings = facts["system"], facts["samples"]
        if not all(str(s["class_path"]).startswith(OWN) for s in settings):
            raise DataError(path, "expected a system of metst, found another class")
        system = with_weights(settings[0], weights, path)
        constants = {name: float(value) for name, value in facts["constants"].items()}
        emotions, fps = tuple(facts["emotions"]), float(facts["fps"])
        model = spotter_model(facts["name"], fps, emotions, settings, [system], constants)
        return replace(model, about=replace(model.about, floor=facts.get("floor")))
    except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
        msg = "expected a checkpoint written by `metst export`, found other facts in it"
        raise DataError(path, msg) from error


def with_weights(settings: Settings, weights: Mapping[str, Tensor], path: Path) -> SampleSpotter:
    """A system in eval mode.

    Raises:
        DataError: the weights are of another system.
    """
    try:
        system = _system(settings)
        system.load_state_dict(dict(weights))
    except (RuntimeError, AttributeError, TypeError, ValueError) as error:
        msg = f"expected the weights of {settings['class_path']}, found others"
        raise DataError(path, msg) from error
    return system.eval()


def _system(settings: Settings) -> SampleSpotter:
    """A system as in the settings; quirks are the other decoder's."""
    arguments = {k: v for k, v in (settings.get("init_args") or {}).items() if k != "quirks"}
    system: SampleSpotter = made({"class_path": settings["class_path"], "init_args": arguments})
    return system


def _constants(system: SampleSpotter, run: Run, fold: FoldResult) -> Constants:
    """What the strict decoder of micro-expressions was fitted to in a fold."""
    number, decoder = strict_decoder(system)
    names = decoder.fit(run.recordings, fold.subject)
    values = fold.outputs[constants_name(number)].tolist()
    return dict(zip(names, values, strict=True))


def strict_decoder(system: SampleSpotter) -> tuple[int, SampleDecoder]:
    """Place and object of the first strict decoder, which is that of micro-expressions."""
    return next((n, d) for n, d in enumerate(system.decoders()) if d.name == "strict")
