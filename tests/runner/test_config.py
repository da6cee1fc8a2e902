"""Configurations: errors in one line, overrides, and what counts as a change."""

from pathlib import Path

import pytest
import yaml

from metst.base.errors import ConfigError
from metst.results.changes import difference
from metst.runner.arguments import parse
from metst.runner.config import build, experiment_parser, to_yaml

DEMO = ["--config", "experiments/demo.yaml"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--model.lrr=1", "unknown key 'model.lrr'; did you mean model.lr"),
        (
            "--trainer.max_epoch=3",
            "unknown key 'trainer.max_epoch'; did you mean trainer.max_epochs",
        ),
        ("--model.network.widht=3", "model.network.width"),
        ("--data.samples.k=abc", "data.samples.k: expected a whole number, got abc"),
        ("--seed=1.5", "seed: expected a whole number, got 1.5"),
        ("--model.class_path=metst.systems.me_tst.module.Nope", "Nope"),
        ("--zzz=1", "unknown key 'zzz'; see --help"),
    ],
)
def test_a_wrong_option_is_one_line(option: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(experiment_parser("metst loso"), [*DEMO, option])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        parse(experiment_parser("metst loso"), ["--config", "nowhere.yaml"])


def test_an_unknown_key_in_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(Path("experiments/demo.yaml").read_text() + "\nsede: 3\n")
    with pytest.raises(ConfigError, match=r"unknown key 'sede'; did you mean seed"):
        parse(experiment_parser("metst loso"), ["--config", str(path)])


def test_overrides_reach_the_objects() -> None:
    parser = experiment_parser("metst loso")
    config = parse(parser, [*DEMO, "--model.lr=0.25", "--model.network.width=8"])
    module = build(parser, config).model
    assert module.lr == 0.25
    assert module.network.config["width"] == 8


def test_each_build_is_fresh() -> None:
    parser = experiment_parser("metst loso")
    config = parse(parser, DEMO)
    first, second = build(parser, config), build(parser, config)
    assert first.model is not second.model
    assert first.data is not second.data
    assert all(a is not b for a, b in zip(first.callbacks, second.callbacks, strict=True))


def test_yaml_round_trip() -> None:
    parser = experiment_parser("metst loso")
    text = to_yaml(parser, parse(parser, [*DEMO, "--model.lr=3e-4"]))
    assert to_yaml(parser, parser.parse_string(text)) == text


def test_difference_names_what_changed_and_ignores_what_changes_no_number() -> None:
    parser = experiment_parser("metst loso")
    old, same, other = (
        yaml.safe_load(to_yaml(parser, parse(parser, [*DEMO, *changed])))
        for changed in ([], ["--executor.workers=7"], ["--model.lr=3e-4", "--data.samples.k=30"])
    )
    assert difference(old, same) == ""
    assert difference(old, other).splitlines() == [
        "  data.samples.k: 50 -> 30",
        "  model.lr: 0.001 -> 0.0003",
    ]


@pytest.mark.parametrize("name", ["1e5", "61612964e11", "1.5e-3", "007", "true", "null", "12e"])
def test_a_name_that_looks_like_a_number_stays_a_name(name: str) -> None:
    """Folds read the configuration back from its text."""
    parser = experiment_parser("metst loso")
    config = parse(parser, [*DEMO, f"--name={name}", "--model.lr=1e-5"])
    again = experiment_parser("metst loso").parse_string(to_yaml(parser, config))
    assert again.name == name
    assert again.model.init_args.lr == 1e-5


def test_the_text_is_plain_yaml() -> None:
    parser = experiment_parser("metst loso")
    config = parse(parser, DEMO)
    assert to_yaml(parser, config) == parser.dump(config, skip_link_targets=False)


def test_an_object_that_refuses_its_arguments_is_heard() -> None:
    parser = experiment_parser("metst loso")
    config = parse(parser, [*DEMO, "--model.network.width=-1"])
    with pytest.raises(ConfigError) as caught:
        build(parser, config)
    assert str(caught.value) == "METST: width: expected 1 or more, got -1"
