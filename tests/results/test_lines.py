"""Tables of several runs: each by its own strategy, all by the same rules and annotations."""

from pathlib import Path

import pytest

from metst.base.errors import ConfigError, MetstError
from metst.cli import main
from metst.datasets.labels.records import EMOTIONS
from metst.results.layouts import LAYOUTS
from metst.results.lines import paper_table
from metst.results.run import open_run
from metst.scoring.judgment import Judgment
from tests.support.judged import judged_run, recordings_of

SPOTTER = Judgment((), (), "none")
BOTH = Judgment(EMOTIONS, EMOTIONS, "spotting_first")


def test_each_run_is_scored_by_its_own_strategy(tmp_path: Path) -> None:
    rows = [
        (how.variant, [open_run(judged_run(tmp_path / how.variant, how, found))], None)
        for how, found in (
            (SPOTTER, [("micro", 10, 20, "")]),
            (BOTH, [("micro", 10, 20, "negative"), ("micro", 50, 60, "positive")]),
        )
    ]
    table = paper_table("Both", LAYOUTS["analysis"], rows)
    means = {(x.label, x.source): [cell.mean for cell in x.cells] for x in table.lines}
    assert means["none", "strict"] == [None, pytest.approx(2 / 3), None]
    assert means["spotting_first", "strict"][1:] == [1.0, 1.0]
    with pytest.raises(MetstError, match="hold the strategies none, not spotting_first"):
        paper_table("Both", LAYOUTS["analysis"], [("x", rows[0][1], "spotting_first")])


def _seeded(folder: Path, seed: int) -> Path:
    run = judged_run(folder, BOTH, [("micro", 10, 20, "negative")])
    config = run / "config.yaml"
    config.write_text(config.read_text().replace("seed: 100", f"seed: {seed}"))
    return run


def test_seeds_share_a_row_and_the_same_seed_begins_another(tmp_path: Path) -> None:
    for name, seed in (("a", 100), ("b", 7), ("c", 100)):
        _seeded(tmp_path / name, seed)
    config = tmp_path / "b/config.yaml"
    config.write_text(config.read_text() + "executor: {workers: 2}\n")  # changes no number
    runs = [str(tmp_path / name) for name in "abc"]
    assert main(["tables", *runs, "--layout=spotting", "--out", str(tmp_path / "out")]) == 0
    text = (tmp_path / "out/spotting.md").read_text()
    assert "| a and 1 more seed | strict |" in text and "| c | strict |" in text
    assert "Ours: a and 1 more seed: mean over the seeds 100, 7 ±" in text
    assert ", c: seed 100; in brackets" in text


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (Judgment(EMOTIONS, EMOTIONS, "none", iou=0.25), "with iou 0.5, .* with 0.25"),
        (Judgment(EMOTIONS, EMOTIONS[:3], "none"), "with analyzed .*, others, .* with negative"),
        (Judgment(EMOTIONS[:2], EMOTIONS[:2], "none"), "with emotions negative"),
        (Judgment((), (), "none", kind="all"), "with kind micro, .* with all"),
    ],
)
def test_runs_of_other_rules_are_refused(tmp_path: Path, other: Judgment, message: str) -> None:
    runs = [open_run(judged_run(tmp_path / name, how)) for name, how in (("a", BOTH), ("b", other))]
    with pytest.raises(ConfigError, match=message):
        paper_table("Both", LAYOUTS["spotting"], [(run.name, [run], None) for run in runs])


def test_runs_of_other_annotations_are_refused(tmp_path: Path) -> None:
    listed = recordings_of(("others", "others"))
    runs = [judged_run(tmp_path / "a", BOTH), judged_run(tmp_path / "b", BOTH, (), listed)]
    rows = [(run.name, [open_run(run)], None) for run in runs]
    with pytest.raises(ConfigError, match="annotations differ in 1/a"):
        paper_table("Both", LAYOUTS["spotting"], rows)
