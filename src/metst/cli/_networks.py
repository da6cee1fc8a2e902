"""Options by which verbs find trained networks, and the facts that these may lack."""

from pathlib import Path

from jsonargparse import ArgumentParser, Namespace
from rich.console import Console

from metst.predict import Assumptions, Model, SpotterModel, load_model


def add_networks(parser: ArgumentParser) -> None:
    """Options that name networks."""
    parser.add_argument(
        "--checkpoint",
        type=Path | None,
        help="run folder, last.ckpt, exported file or the authors' .pkl; default: a demonstration",
    )
    parser.add_argument("--fold", type=str | None, help="the one fold of a run that is taken")
    add_facts(parser)


def add_facts(parser: ArgumentParser) -> None:
    """Options for facts about networks."""
    parser.add_argument(
        "--floor",
        type=float | None,
        help="least score of a find; default: the one learned with the network; 0: none",
    )
    parser.add_argument(
        "--assume",
        type=str | None,
        help="data set of an authors' .pkl: casme3 (default) or sammlv; sets frame rate and k_p",
    )
    parser.add_argument(
        "--k-p", type=int | None, help="half the mean ME length in frames, for an authors' .pkl"
    )
    parser.add_argument(
        "--model-fps", type=float | None, help="frames per second an authors' .pkl was trained at"
    )


def facts(config: Namespace) -> tuple[Assumptions, float | None]:
    """Values of the options of `add_facts`: arguments of `load_model`."""
    return Assumptions(config.assume, config.k_p, config.model_fps), config.floor


def networks(config: Namespace, terminal: Console) -> Model | SpotterModel:
    """The networks that the options name; their name and notes are printed."""
    model = load_model(config.checkpoint, config.fold, *facts(config))
    for line in (f"networks: {model.about.name}", *(f"note: {x}" for x in model.about.notes)):
        terminal.print(line, markup=False, soft_wrap=True)
    return model
