"""`metst export RUN --out FILE`: a trained network with the facts it needs, in one file."""

from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from metst.base.files import check_place
from metst.base.settings import require
from metst.cli._networks import add_facts, facts
from metst.cli._tables import console
from metst.predict import DEMONSTRATION, export_model, load_model
from metst.runner.arguments import parse

SUFFIX = ".safetensors"
"""By it `predict` knows what it reads."""


def run(arguments: Sequence[str]) -> int:
    """Write the file."""
    parser = ArgumentParser(prog="metst export", exit_on_error=False, allow_abbrev=False)
    parser.add_argument("run", type=Path, help="run folder, last.ckpt, or the authors' .pkl")
    parser.add_argument("--fold", type=str | None, help="the fold that is taken")
    parser.add_argument("--out", type=Path, required=True, help=f"the file, {SUFFIX}")
    parser.add_argument("--name", type=str | None, help="what outputs call it; default: the run")
    parser.add_argument("--demonstration", action="store_true", help="marked as not for research")
    add_facts(parser)
    config = parse(parser, arguments)
    check_place(config.out, "--out")
    require("--out", config.out.name, config.out.suffix == SUFFIX, f"a name that ends in {SUFFIX}")
    model = load_model(config.run, config.fold, *facts(config))
    name = DEMONSTRATION if config.demonstration else config.name or model.about.name
    export_model(model, config.out, name)
    size = config.out.stat().st_size / 1000
    console().print(f"{config.out}: {name}, {size:.0f} kB", markup=False, soft_wrap=True)
    return 0
