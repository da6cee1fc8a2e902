"""Which systems run on a data set, and in which order."""

import shlex
import subprocess
from pathlib import Path

import pytest

from metst.base.errors import ConfigError
from metst.runner.arguments import parse
from metst.runner.config import experiment_parser, to_yaml
from metst.runner.systems.plan import Planned, plan

DEMO = ["--config", "experiments/demo.yaml"]
NAMES = "shared,mean,me_tst,of_fd,ststnet,compact,sp_fd"


def _names(planned: tuple[Planned, ...]) -> list[str]:
    return [one.entry.name for one in planned]


def test_without_training_first_then_me_tst_then_by_cost(tmp_path: Path) -> None:
    found = plan([*DEMO, f"--loso.runs={tmp_path}", "--systems", NAMES])
    order = ["of_fd", "sp_fd", "me_tst", "compact", "mean", "shared", "ststnet"]
    assert _names(found.systems) == [*order, "ststnet behind me_tst"]
    assert found.folder == tmp_path / "demo-tables"
    assert (found.against, found.data_set) == ("me_tst", "demo")
    tables = {one.entry.name: one.entry.tables for one in found.systems}
    assert tables["of_fd"] == ("spotting",)
    assert tables["ststnet"] == ("recognition",)
    assert tables["me_tst"] == ("spotting", "recognition", "analysis", "synergy")
    names = [one.config.name for one in found.systems if one.config]
    own = ["demo" if name == "me_tst" else f"demo-{name}" for name in order]
    assert names == [*own, "demo-ststnet-behind-me_tst"]
    behind = found.systems[-1]
    assert (behind.entry.title, behind.entry.tables) == ("STSTNet behind ME-TST", ("analysis",))
    assert behind.trained == tmp_path / "demo-ststnet"
    assert behind.config is not None
    assert behind.config.model.init_args.spotter.init_args.run == tmp_path / "demo"


def test_a_data_set_has_its_own_changes_of_a_system(tmp_path: Path) -> None:
    for data_set, epochs, adapted in (("demo", 100, True), ("casme3", 800, False)):
        words = ["--config", f"experiments/{data_set}.yaml", f"--loso.runs={tmp_path}"]
        found = plan([*words, "--systems=me_tst,alexnet"])
        alexnet = [one for one in found.systems if one.entry.name.startswith("alexnet")]
        assert [one.entry.adapted for one in alexnet] == [adapted, adapted]
        assert [one.config.trainer.max_epochs for one in alexnet if one.config] == [epochs, epochs]
    (given,) = plan([*words, "--systems=alexnet", "--trainer.max_epochs=3"]).systems
    assert given.epochs == 3


@pytest.mark.parametrize("data_set", ["demo", "heads"])
def test_make_runs_the_same_experiment(data_set: str) -> None:
    make = ["make", "-n", "loso", f"DATASET={data_set}", "SYSTEM=alexnet"]
    printed = subprocess.run(make, capture_output=True, text=True, check=True).stdout
    (line,) = (line for line in printed.splitlines() if " -m metst loso " in line)
    words = shlex.split(line.split(" loso ", 1)[1])
    (planned,) = plan(["--config", f"experiments/{data_set}.yaml", "--systems=alexnet"]).systems
    parser = experiment_parser("metst loso")
    assert planned.config is not None
    assert to_yaml(parser, parse(parser, words)) == to_yaml(parser, planned.config)


def test_what_stands_behind_a_system_runs_after_it(tmp_path: Path) -> None:
    words = [*DEMO, f"--loso.runs={tmp_path}", "--systems=me_tst,contrast,ststnet,rcn_a"]
    names = _names(plan([*words, "--against=contrast"]).systems)
    assert names[-2:] == ["rcn_a behind contrast", "ststnet behind contrast"]


def test_recognizers_stand_behind_nothing_that_finds_nothing(tmp_path: Path) -> None:
    words = [*DEMO, f"--loso.runs={tmp_path}", "--systems=ststnet,rcn_a", "--against=rcn_a"]
    assert _names(plan(words).systems) == ["rcn_a", "ststnet"]


def test_overrides_come_last_and_what_cannot_be_built_is_named(tmp_path: Path) -> None:
    words = [*DEMO, "--systems=of_fd,mean", "--model.lr=0.5", "--name=x", f"--loso.runs={tmp_path}"]
    mean, of_fd = plan(words).systems
    assert mean.config is not None
    assert (mean.config.model.init_args.lr, mean.config.name) == (0.5, "x-mean")
    assert of_fd.config is None
    assert of_fd.entry.remark.startswith("cannot run here: unknown key 'model.lr'")


def test_a_system_that_is_judged_otherwise_cannot_run(tmp_path: Path) -> None:
    systems = tmp_path / "systems"
    systems.mkdir()
    (tmp_path / "demo.yaml").write_text(Path("experiments/demo.yaml").read_text())
    (systems / "loose.yaml").write_text("name: loose\nevaluation: {iou: 0.1}\n")
    (systems / "three.yaml").write_text("evaluation: {analyzed: [negative, positive]}\n")
    found = plan(["--config", str(tmp_path / "demo.yaml"), f"--loso.runs={tmp_path}"])
    remarks = {one.entry.name: one.entry.remark for one in found.systems}
    assert "was judged with iou 0.5" in remarks["loose"]
    assert remarks["three"] == remarks["me_tst"] == "not run yet"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--systems=maen,of_fd"], "--systems: no system 'maen'; did you mean mean"),
        (["--systems=mean", "--against=me_tst"], "--against: no system 'me_tst'; there are mean"),
        (["--systems=mean,of_fd", "--against=mean,of_fd"], "--against: expected one system, got"),
        (["--model.lrr=1"], "unknown key 'model.lrr'"),
    ],
)
def test_wrong_names_are_refused(tmp_path: Path, words: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        plan([*DEMO, f"--loso.runs={tmp_path}", *words])
    assert not list(tmp_path.iterdir())
