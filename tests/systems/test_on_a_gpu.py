"""A fold of each trained system on a GPU, and its outputs judged again on the CPU."""

from pathlib import Path

import pandas as pd
import pytest
import torch

from metst.results.ledger import RunFolder
from metst.results.tables import read_predictions
from metst.runner.rescore import rescore
from metst.runner.selection import Selection
from metst.systems.mean import MEANSamples
from metst.systems.sfamnet import SFAMNetSamples
from metst.systems.softnet import SOFTNetSamples
from tests.support.image_store import fill
from tests.support.runs import run

IMAGES = {"mean": MEANSamples, "softnet": SOFTNetSamples, "sfamnet": SFAMNetSamples}
NAMES = ("ststnet", "rcn_a", "alexnet", "dual_inception")
FLOW = ("shared", "whole_videos", "me_tst_plus", "boosting_vrme", "lssnet_flow", "lgsnet_flow")
LENGTH = {"mean": ["--model.spotting_epochs=1"], "sfamnet": ["--trainer.max_steps=2"]}


@pytest.mark.gpu
@pytest.mark.slow
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("system", [*FLOW, *IMAGES, *NAMES])
def test_a_fold_on_a_gpu(
    system: str, tiny: list[str], tiny_root: Path, tiny_cache: Path, tmp_path: Path
) -> None:
    if system in IMAGES:
        fill(IMAGES[system]().feature, tiny_root, tiny_cache)
    length = LENGTH.get(system, ["--trainer.max_epochs=2"])
    options = ["--config", f"experiments/systems/{system}.yaml", "--name=small", *length]
    options += ["--trainer.accelerator=gpu"]
    assert not run(tiny, *options, selection=Selection(folds=("spNO.1",))).failed
    folder = RunFolder(tmp_path / "small")
    here, _ = rescore(folder.path)
    there = read_predictions(folder.fold("spNO.1").predictions)
    pd.testing.assert_frame_equal(here, there, rtol=1e-5)
