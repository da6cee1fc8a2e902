"""Post-processing changed after training: what a run with it would have given."""

import json
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import save

from metst.base.errors import ConfigError, DataError
from metst.results.checkpoint import note_results
from metst.results.ledger import RunFolder
from metst.results.tables import write_predictions
from metst.runner.rescore import rescore
from metst.scoring.pooling import write_results
from tests.support.runs import run


def files(folder: Path, **changes: float | str) -> tuple[bytes, bytes]:
    """Bytes of predictions and results as a run would write them."""
    predictions, results = rescore(folder, **changes)  # type: ignore[arg-type]
    write_predictions(predictions, folder / "again.csv")
    write_results(results, folder / "again.json")
    return (folder / "again.csv").read_bytes(), (folder / "again.json").read_bytes()


def kept(folder: Path) -> tuple[bytes, bytes]:
    return (folder / "predictions.csv").read_bytes(), (folder / "results.json").read_bytes()


def test_nothing_changed_gives_what_the_run_gave(finished: Path) -> None:
    assert files(finished) == kept(finished)


@pytest.mark.slow
def test_another_threshold_gives_what_a_run_with_it_gives(
    finished: Path, tiny: list[str], tmp_path: Path
) -> None:
    other = ("--model.peak=0.8", "--evaluation.variant=recognition_first", "--name=other")
    assert not run(tiny, *other).failed
    changed = files(finished, peak=0.8, synergy="recognition_first")
    assert changed == kept(tmp_path / "other")
    assert changed[0] != kept(finished)[0]


def test_another_strategy_leaves_the_predictions(finished: Path) -> None:
    predictions, results = files(finished, synergy="recognition_first")
    assert predictions == kept(finished)[0]
    assert json.loads(results)["strategy"] == "recognition_first"


def test_some_folds_are_marked_incomplete(finished: Path) -> None:
    predictions, results = rescore(finished, subjects=["spNO.2"])
    assert set(predictions["subject"]) == {"spNO.2"}
    assert (results["complete"], results["demanded"]) == (False, 2)
    assert set(results["folds"]) == {"spNO.2"}


def test_what_cannot_be_done_is_told(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected the folder of a run"):
        rescore(tmp_path)
    with pytest.raises(ConfigError, match=r"evaluation\.variant: expected one of"):
        rescore(finished, synergy="best")
    (finished / "folds" / "spNO.2" / "predictions.csv").unlink()
    with pytest.raises(DataError, match=r"not done: spNO\.2; done: spNO\.1"):
        rescore(finished, subjects=["spNO.1", "spNO.2"])
    with pytest.raises(DataError, match=r"not done: spNO\.7"):
        rescore(finished, subjects=["spNO.1", "spNO.7"])
    (finished / "folds" / "spNO.1" / "predictions.csv").unlink()
    with pytest.raises(DataError, match="not done: any fold"):
        rescore(finished)


def test_flow_that_is_gone_is_told(finished: Path, tmp_path: Path) -> None:
    config = yaml.safe_load((finished / "config.yaml").read_text())
    config["data"]["init_args"]["cache"] = str(tmp_path / "empty")
    (finished / "config.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(DataError, match="metst extract --config"):
        rescore(finished)


def test_outputs_of_another_system_are_named(finished: Path) -> None:
    fold = RunFolder(finished).fold("spNO.1")
    fold.outputs.write_bytes(save({"energy": torch.zeros(10, 50)}))
    note_results(fold.path, [fold.outputs.name])
    with pytest.raises(DataError, match="expected the output 'score' of AnalysisModule"):
        rescore(finished, subjects=["spNO.1"])
