"""Debug configurations over the demo, shortened where they take long."""

from pathlib import Path

import pandas as pd
import pytest

from metst.cli import main

DEBUG = Path("experiments/debug")


def over(name: str, tiny: list[str], *more: str) -> list[str]:
    return ["loso", "--config", "experiments/demo.yaml", *tiny, *more, f"--config={DEBUG / name}"]


@pytest.mark.parametrize("path", sorted(DEBUG.glob("*.yaml")), ids=lambda path: path.stem)
def test_each_opens_with_its_command(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith(f'# make loso ARGS="--config {path}')


@pytest.mark.slow
def test_overfitting_learns_its_batch(tiny: list[str], tmp_path: Path) -> None:
    assert main(over("overfit.yaml", tiny, "--folds=spNO.1")) == 0
    log = pd.read_csv(tmp_path / "debug-overfit" / "folds" / "spNO.1" / "curves.csv")
    loss = log["loss"].dropna()
    assert len(loss) == 100
    assert loss.iloc[-1] < loss.iloc[0] / 4


@pytest.mark.slow
def test_the_profile_names_our_functions(tiny: list[str], tmp_path: Path) -> None:
    assert main(over("profile.yaml", tiny, "--folds=spNO.1")) == 0
    fold = tmp_path / "debug-profile" / "folds" / "spNO.1"
    assert "training_step" in (fold / "fit-profile.txt").read_text()


@pytest.mark.parametrize("name", ["two_epochs", "tiny"])
@pytest.mark.slow
def test_short_runs_run_through(name: str, tiny: list[str], tmp_path: Path) -> None:
    # Data and their cache are the tests' own.
    own = [option for option in tiny if "data." in option]
    assert main([*over(f"{name}.yaml", tiny), *own]) == 0
    assert list(tmp_path.glob("debug-*/results.json"))
