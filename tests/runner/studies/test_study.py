"""Study files: what they hold, and what is refused."""

from pathlib import Path

import pytest

from metst.base.errors import ConfigError
from metst.runner.arguments import options, parse
from metst.runner.config import experiment_parser
from metst.runner.studies.study import Row, read_study

STUDIES = sorted(Path("experiments/studies").glob("*.yaml"))


def written(folder: Path, text: str) -> Path:
    path = folder / "study.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("path", STUDIES, ids=lambda p: p.stem)
@pytest.mark.parametrize("experiment", ["demo", "casme3", "sammlv"])
def test_every_variant_is_a_valid_experiment(path: Path, experiment: str) -> None:
    parser = experiment_parser("metst study")
    system = Path(f"experiments/systems/{path.name}")  # that the study is about, if it is
    configs = [f"--config=experiments/{experiment}.yaml"]
    configs += [f"--config={system}"] if system.is_file() else []
    for settings in read_study(path).variants.values():
        parse(parser, [*configs, *options(settings)])


def test_without_rows_there_is_one_per_variant(tmp_path: Path) -> None:
    study = read_study(written(tmp_path, "variants: {a: {}, b: {model.lr: 0.1}}"))
    assert study.rows == (Row("a", "a"), Row("b", "b"))
    assert options(study.variants["b"]) == ["--model.lr=0.1"]
    assert study.seeds == (100,)
    assert study.layout == "analysis"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seeds: [1]", "with variants"),
        ("[1, 2]", "expected the keys"),
        ("variants: {a: {}}\nlayuot: analysis", "expected the keys"),
        ("variants: {a: {}}\nlayout: table", "expected one of spotting, recognition, analysis"),
        ("variants: {a: {}}\nseeds: [x]", "whole numbers"),
        ("variants: {a: {}}\nrows: [{label: x, variant: b}]", "expected one of a, got 'b'"),
        ("variants: {a: {}}\nrows: [{label: x, variant: a, synergy: s}]", "got 's'"),
        ("variants: {a: {}}\nrows: [{name: x}]", "label, variant and synergy"),
        ("variants: {a", "expected YAML"),
        ("variants: {a: {}}\nseeds: [1, 1]", "each once"),
        ("variants: {a: {}}\nseeds: [true]", "whole numbers"),
        ("variants: {a: {}}\nseeds: 5", "whole numbers"),
        ("variants: {a: {}}\nseeds: []", "whole numbers"),
        ("variants: [a, b]", "variants: expected names"),
        ("variants: {a: 3}", "variants: expected names"),
        ("variants: {a: {}, a: {}}", "'a' is given twice"),
        ("variants: {1: {}, '1': {}}", "each name once"),
        ("variants: {'': {}}", "name of a folder"),
        ("variants: {a/b: {}}", "name of a folder"),
        ("variants: {a: {}}\nrows: 3", "rows: expected a list"),
        ("variants: {a: {}}\nrows: [3]", "label, variant and synergy"),
    ],
)
def test_a_study_without_meaning_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_study(written(tmp_path, text))


def test_a_missing_study_names_those_there_are(tmp_path: Path) -> None:
    written(tmp_path, "variants: {a: {}}")
    with pytest.raises(ConfigError, match="there are study"):
        read_study(tmp_path / "other.yaml")
