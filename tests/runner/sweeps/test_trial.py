"""Trials on the tiny demo: networks that are shared, the rule at work, and what is kept."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from metst.base.errors import ConfigError
from metst.results.annotations import read_annotations
from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.sweeps.folder import Record, SweepFolder
from metst.runner.sweeps.scores import running
from metst.runner.sweeps.trial import Trial, read_trial, run_trial
from tests.support.trials import Subject, record


def asked(tiny: list[str], *words: str) -> Trial:
    arguments = ["--config", "experiments/demo.yaml", *tiny, "--sweep", "x", *words]
    return read_trial(arguments)


def networks(folder: SweepFolder) -> set[str]:
    return {path.name for path in folder.networks.iterdir()}


def pretend(folder: SweepFolder, subjects: Sequence[Subject], names: Sequence[str]) -> Record:
    """A trial that has ended with these scores."""
    made = record(0, subjects)
    counts = dict(zip(names, made.counts.values(), strict=True))
    made = replace(made, counts=counts)
    folder.trial(made.digest).write(made)
    return made


def test_a_digest_is_of_what_changes_numbers(tiny: list[str]) -> None:
    plain = asked(tiny)
    same = asked(tiny, "--executor.kind=serial", "--stop.after=1", "--name=demo", "--seed=100")
    assert (same.network, same.digest) == (plain.network, plain.digest)
    other = asked(tiny, "--model.peak=0.4")
    assert other.network == plain.network
    assert other.digest != plain.digest
    assert asked(tiny, "--model.lr=0.1").network != plain.network


def test_a_digest_is_no_number_to_yaml(tiny: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Unlucky:
        def __init__(self, _: bytes) -> None: ...

        def hexdigest(self) -> str:
            return "61612964e11355" * 4

    monkeypatch.setattr("hashlib.sha256", Unlucky)
    trial = asked(tiny)
    assert yaml.safe_load(f"name: {trial.network}") == {"name": trial.network}


def test_settings_are_those_of_experiment_and_post_processing(tiny: list[str]) -> None:
    settings = asked(tiny, "--model.lr=0.1", "--evaluation.variant", "none").settings
    assert (settings["model.lr"], settings["evaluation.variant"]) == (0.1, "none")
    assert settings["model.network.width"] == 8


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_sweep_needs_a_name(tiny: list[str], name: str) -> None:
    with pytest.raises(ConfigError, match="--sweep"):
        asked(tiny, f"--sweep={name}")


def test_a_sweep_needs_emotions(tiny: list[str]) -> None:
    with pytest.raises(ConfigError, match=r"needs emotions .*, got evaluation.kind macro"):
        asked(tiny, "--evaluation.kind=macro")
    spotter = ["--config", "tests/support/systems/flow_energy/system.yaml"]
    own = [word for word in tiny if not word.startswith("--model.")]
    experiment = ["--config", "experiments/demo.yaml", *spotter, *own, "--sweep=x"]
    with pytest.raises(ConfigError, match="got FlowEnergy, which names none"):
        read_trial(experiment)


@pytest.mark.slow
def test_seven_emotions(tiny: list[str], tmp_path: Path) -> None:
    words = ("--data.emotions=7", "--model.network.emotions=7", "--trainer.max_epochs=1")
    made = run_trial(asked(tiny, *words))
    assert (made.state, len(made.emotions)) == ("done", 7)
    network = SweepFolder(tmp_path / "demo-x").network(made.network)
    own = json.loads(network.results.read_text())
    assert made.scores["strict/strs"] == own["protocols"]["strict"]["strs"]
    assert running(made)[-1] == pytest.approx(made.scores["strict/strs"])


@pytest.mark.slow
def test_trials_that_differ_in_post_processing_share_a_network(
    tiny: list[str], tmp_path: Path
) -> None:
    first = run_trial(asked(tiny))
    folder = SweepFolder(tmp_path / "demo-x")
    status = folder.network(first.network).fold("spNO.1").status()
    second = run_trial(asked(tiny, "--model.peak=0.2", "--evaluation.variant=none"))
    assert networks(folder) == {first.network}
    assert folder.network(first.network).fold("spNO.1").status() == status  # not trained again
    assert (first.number, second.number) == (0, 1)
    assert first.folds == second.folds == ("spNO.1", "spNO.2")
    assert second.settings["model.peak"] == 0.2

    run = RunFolder(folder.networks / first.network)
    own = json.loads(run.results.read_text())
    assert first.scores["strict/strs"] == own["protocols"]["strict"]["strs"]
    assert first.scores["strict/spotting/tp"] == own["protocols"]["strict"]["spotting"]["tp"]
    recordings = read_annotations(run.annotations)
    more = read_predictions(folder.trial(second.digest).predictions, recordings)
    assert len(more) > len(read_predictions(run.predictions, recordings))
    other = json.loads(folder.trial(second.digest).results.read_text())
    assert other["strategy"] == "none"


@pytest.mark.slow
def test_the_same_trial_is_not_run_again(tiny: list[str], tmp_path: Path) -> None:
    trial = asked(tiny)
    first = run_trial(trial)
    place = SweepFolder(tmp_path / "demo-x").trial(trial.digest)
    before = {p.name: p.stat().st_mtime_ns for p in place.path.iterdir() if p.is_file()}
    assert run_trial(trial) == first
    after = {p.name: p.stat().st_mtime_ns for p in place.path.iterdir() if p.is_file()}
    del before[".lock"], after[".lock"]
    assert after == before


@pytest.mark.slow
def test_a_hopeless_trial_is_given_up_after_the_first_folds_and_can_go_on(
    tiny: list[str], tmp_path: Path
) -> None:
    folder = SweepFolder(tmp_path / "demo-x")
    best = pretend(folder, [(9, 0, 0), (9, 0, 0)], ["spNO.1", "spNO.2"])
    stopped = run_trial(asked(tiny, "--stop.after=1", "--stop.margin=0.01"))
    assert stopped.state == "stopped"
    assert stopped.folds == ("spNO.1",)
    assert stopped.subjects == 2
    assert stopped.stop == {"after": 1, "margin": 0.01, "best": pytest.approx(1.0)}
    assert not folder.network(stopped.network).fold("spNO.2").done
    assert run_trial(asked(tiny, "--stop.after=1", "--stop.margin=0.01")) == stopped

    done = run_trial(asked(tiny, "--stop.after=1", "--stop.margin=1"))
    assert (done.state, done.number) == ("done", stopped.number)
    assert done.folds == ("spNO.1", "spNO.2")
    assert done.counts["spNO.1"] == stopped.counts["spNO.1"]
    assert {r.digest for r in folder.records()} == {best.digest, done.digest}


@pytest.mark.slow
def test_nothing_is_given_up_where_nothing_is_left_to_save(tiny: list[str], tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path / "demo-x")
    pretend(folder, [(9, 0, 0), (9, 0, 0)], ["spNO.1", "spNO.2"])
    assert run_trial(asked(tiny, "--stop.after=2", "--stop.margin=0.01")).state == "done"


@pytest.mark.slow
def test_a_trial_is_compared_with_finished_ones_alone(tiny: list[str], tmp_path: Path) -> None:
    folder = SweepFolder(tmp_path / "demo-x")
    made = pretend(folder, [(9, 0, 0), (9, 0, 0)], ["spNO.1", "spNO.2"])
    folder.trial(made.digest).write(replace(made, state="stopped", stop={}))
    assert run_trial(asked(tiny, "--stop.after=1", "--stop.margin=0.01")).state == "done"


@pytest.mark.slow
def test_a_failed_fold_makes_a_failed_trial(tiny: list[str], tmp_path: Path) -> None:
    trial = asked(tiny, "--callbacks+=tests.runner.sweeps.broken.Broken")
    failed = run_trial(trial)
    assert failed.state == "failed"
    assert "fold spNO.2" in failed.error
    assert "spNO.2 is too difficult" in failed.error
    folder = SweepFolder(tmp_path / "demo-x")
    assert folder.records() == [failed]
    assert folder.network(failed.network).fold("spNO.1").done
    assert run_trial(trial).state == "failed"  # tried again
