"""Sweep files: those that ship, and what is refused."""

from pathlib import Path

import pytest

from metst.base.errors import ConfigError
from metst.runner.sweeps.file import check_settings, read_sweep

SHIPPED = sorted(Path("experiments/sweeps").glob("*.yaml"))

COMMAND = (
    'command: ["${env}", python, -m, metst, trial, --config, experiments/demo.yaml, --sweep, x, '
    '"${args}"]'
)
RATE = "parameters: {model.lr: {values: [0.1]}}"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "sweep.yaml"
    path.write_text("\n".join([*lines, COMMAND]))
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
@pytest.mark.slow
def test_every_shipped_sweep_is_valid_and_opens_with_its_command(path: Path) -> None:
    sweep = read_sweep(path)
    check_settings(sweep)
    assert path.read_text().startswith(f"# make sweep SWEEP={path.stem}")
    assert sweep.words[sweep.words.index("--sweep") + 1] == path.stem
    assert sweep.goal == "maximize"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_wandb_accepts_every_shipped_sweep(path: Path) -> None:
    config = pytest.importorskip("sweeps.config")
    assert config.schema_violations_from_proposed_config(read_sweep(path).content) == []


def test_without_a_metric_it_is_the_strict_strs(tmp_path: Path) -> None:
    sweep = read_sweep(written(tmp_path, "method: random", RATE))
    assert (sweep.metric, sweep.goal, sweep.run_cap) == ("strict/strs", "maximize", None)
    assert sweep.words == ("--config", "experiments/demo.yaml", "--sweep", "x")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["method: random", RATE, "metrik: x"], "unknown key 'metrik'; did you mean metric"),
        (["method: hyperband", RATE], "unknown method 'hyperband'"),
        ([RATE], "unknown method None; known: grid, random, bayes"),
        (["method: random"], "parameters: expected at least one"),
        (["method: random", "parameters: [1]"], "parameters: expected at least one"),
        (["method: bayes", RATE], "metric: expected"),
        (["method: random", RATE, "metric: {name: strict/strz, goal: maximize}"], "strict/strs"),
        (["method: random", RATE, "metric: {name: strict/strs}"], "goal: expected maximize"),
        (
            ["method: random", RATE, "metric: {name: strict/spotting/fp, goal: maximize}"],
            "goal: expected minimize",
        ),
        (
            ["method: random", RATE, "metric: {name: strict/strs, goal: up}"],
            "goal: expected maximize",
        ),
        (["method: random", RATE, "run_cap: 0"], "run_cap: expected"),
        (["method: random", RATE, "run_cap: many"], "run_cap: expected"),
        (["method: random", RATE, "run_cap: true"], "run_cap: expected"),
        (["method: random", RATE, "3: x"], "expected the keys"),
        (["method: random", RATE, RATE], "'parameters' is given twice"),
        (["method: random", "parameters: {model.lr: {values: [1], values: [2]}}"], "given twice"),
        (["method: grid", "parameters: {model.lr: {min: 0.1, max: 1.0}}"], "no ranges"),
        (["method: random", "parameters: {model.lr: {vals: 1}}"], "model.lr: expected keys"),
        (["method: {"], "expected YAML"),
    ],
)
def test_mistakes_are_named_with_the_file(tmp_path: Path, lines: list[str], message: str) -> None:
    path = written(tmp_path, *lines)
    with pytest.raises(ConfigError, match=message) as caught:
        read_sweep(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("command", ["", "command: [python, train.py]"])
def test_the_command_must_be_a_trial(tmp_path: Path, command: str) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(f"method: random\n{RATE}\n{command}")
    with pytest.raises(ConfigError, match="metst, trial"):
        read_sweep(path)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("model.lrr: {values: [0.1]}", "unknown key 'model.lrr'; did you mean model.lr"),
        ("model.peek: {values: [0.1]}", "unknown key 'model.peek'"),
        ("model.network.width: {values: [16, wide]}", "'wide'"),
        ("model.network.width: {distribution: uniform, min: 8, max: 16}", "model.network.width"),
        ("model.lr: {distribution: normal}\n  evaluation.variant: {values: [both]}", "both"),
        ("model.lr: {values: [0.1, -1]}", "model.lr: -1: model.lr: expected a number above 0"),
        ("model.lr: {values: [.nan]}", "model.lr: nan: model.lr: expected a number above 0"),
        ("data.batch_size: {min: 0, max: 4}", "data.batch_size: 0: data.batch_size: expected"),
        ("model.lr: {distribution: q_uniform, min: 0.01, max: 1, q: 0.1}", "model.lr: 0"),
        ("model.peak: {values: [2]}", "model.peak: 2: model.peak: expected a share, 0 to 1"),
        ("data.emotions: {values: [4, 7]}", "data.emotions: 7: .*the same emotions in every trial"),
        ("model.lr: {values: [null]}", "model.lr: None"),
    ],
)
def test_settings_are_parsed_as_a_trial_would(
    tmp_path: Path, parameters: str, message: str
) -> None:
    sweep = read_sweep(written(tmp_path, "method: random", "parameters:", f"  {parameters}"))
    with pytest.raises(ConfigError, match=message):
        check_settings(sweep)


def test_a_missing_file_names_those_there_are(tmp_path: Path) -> None:
    written(tmp_path, "method: grid", RATE)
    with pytest.raises(ConfigError, match="there are sweep"):
        read_sweep(tmp_path / "other.yaml")
