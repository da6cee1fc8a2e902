"""Every experiment that ships can be parsed, built and named by its file."""

from pathlib import Path

import pytest

from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser

EXPERIMENTS = sorted(Path("experiments").glob("*.yaml"))
SYSTEMS = sorted(Path("experiments/systems").glob("*.yaml"))
CHANGES = sorted(Path("experiments/systems").glob("*/*.yaml"))


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
def test_an_experiment_builds_and_opens_with_its_command(path: Path) -> None:
    parser = experiment_parser("metst loso")
    experiment = build(parser, parse(parser, ["--config", str(path)]))
    assert experiment.name == path.stem
    first = path.read_text().splitlines()[0]
    assert first.startswith("# make loso")
    assert path.stem == "demo" or first == f"# make loso DATASET={path.stem}"


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.stem)
@pytest.mark.parametrize("data_set", EXPERIMENTS, ids=lambda path: path.stem)
def test_a_system_is_laid_over_any_data_set(path: Path, data_set: Path) -> None:
    parser = experiment_parser("metst loso")
    name = f"{data_set.stem}-{path.stem}"
    words = ["--config", str(data_set), "--config", str(path), "--name", name]
    assert build(parser, parse(parser, words)).name == name
    assert path.read_text().splitlines()[0] == f"# make loso SYSTEM={path.stem}"


@pytest.mark.parametrize("path", CHANGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_a_data_set_changes_of_a_system_is_laid_over_it(path: Path) -> None:
    parser = experiment_parser("metst loso")
    below = Path("experiments") / f"{path.parent.name}.yaml", path.parents[1] / path.name
    words = [f"--config={each}" for each in below]
    published = parse(parser, words)
    changed = parse(parser, [*words, f"--config={path}"])
    build(parser, changed)
    assert changed.as_dict() != published.as_dict()
    assert changed.name == published.name


@pytest.mark.parametrize(
    ("name", "k", "ratio", "batch"), [("casme3", 50, 4.0, 256), ("sammlv", 30, 0.5, 32)]
)
def test_the_paper_settings(name: str, k: int, ratio: float, batch: int) -> None:
    """ME-TST, section III-B, and the released training."""
    parser = experiment_parser("metst loso")
    experiment = build(parser, parse(parser, ["--config", f"experiments/{name}.yaml"]))
    data, model = experiment.data, experiment.model
    assert (data.samples.k, data.samples.ratio, data.batch_size) == (k, ratio, batch)
    assert (model.lr, model.spot_weight, model.neutral_factor) == (1e-4, 0.9, 6.0)
    assert experiment.trainer["max_epochs"] == 30
    config = model.network.config
    assert (config["width"], config["depth"], config["state"]) == (64, 12, 64)
    assert config["pathways"] == "separate"
