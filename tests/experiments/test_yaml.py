"""Every experiment that ships can be parsed, built and named by its file."""

from pathlib import Path

import pytest

from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser

EXPERIMENTS = sorted(Path("experiments").glob("*.yaml"))
SYSTEMS = sorted(Path("experiments/systems").glob("*.yaml"))


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
