"""Variants and seeds as runs, and their table."""

import json
from pathlib import Path

import pytest

from metst.cli import main

STUDY = """
title: Gain
seeds: [1, 2]
layout: spotting
variants:
  low: {model.lr: 1.0e-5}
  high: {model.lr: 1.0e-2}
rows:
  - {label: low rate, variant: low}
  - {label: high rate, variant: high, synergy: none}
"""


def options(tiny: list[str], path: Path) -> list[str]:
    return ["--config", "experiments/demo.yaml", *tiny, "--study", str(path)]


@pytest.mark.slow
def test_a_study_runs_every_variant_and_seed_and_writes_its_table(
    tiny: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gain.yaml"
    path.write_text(STUDY)
    quick = ["--trainer.max_epochs=1", "--executor.kind=serial"]
    assert main(["study", *options(tiny, path), *quick]) == 0
    folder = tmp_path / "demo-gain"
    runs = {p.name for p in folder.iterdir() if p.is_dir()}
    assert runs == {"low-1", "low-2", "high-1", "high-2"}
    table = (folder / "table.md").read_text()
    assert table in capsys.readouterr().out
    assert "mean over the seeds 1, 2" in table
    scores = [json.loads((folder / f"high-{s}" / "results.json").read_text()) for s in (1, 2)]
    f1 = [s["protocols"]["strict"]["synergy"]["none"]["spotting"]["f1"] for s in scores]
    row = next(line for line in table.splitlines() if line.startswith("| high rate | strict"))
    assert f"| {sum(f1) / 2:.4f} ± " in row
    assert r"\toprule" in (folder / "table.tex").read_text()

    assert main(["tables", *(str(folder / name) for name in ("low-1", "low-2", "high-1"))]) == 0
    printed = capsys.readouterr().out
    assert "| low-1 and 1 more seed | strict |" in printed
    assert "| high-1 | authors |" in printed
    for heading in ("UF1", "Recall", "Analy (STRS)"):
        assert heading in printed


def test_a_wrong_setting_is_refused_before_any_run(
    tiny: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("variants: {good: {}, bad: {model.lrr: 1}}")
    assert main(["study", *options(tiny, path)]) == 2
    assert "unknown key 'model.lrr'" in capsys.readouterr().err
    assert not (tmp_path / "demo-wrong").exists()


def test_tables_of_what_is_no_run_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tables", str(tmp_path)]) == 1
    assert "expected the folder of a run" in capsys.readouterr().err
