"""Reading the authors' checkpoints: parity where the files are, refusals everywhere."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from metst.base.errors import ReleaseError
from metst.network.scan import probe
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.released import load_network
from tests.support import parity
from tests.support.released import in_published_format

WORKING = [p.name for p in probe() if p.works]


@pytest.fixture
def network() -> METST:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return METST(width=16, depth=3, state=4, conv=3, emotions=3, pathways="shared").eval()


@pytest.mark.parametrize("pair", parity.released())
@pytest.mark.parametrize("backend", WORKING)
def test_released_outputs(pair: tuple[Path, Path], backend: str) -> None:
    weights, outputs = pair
    network = load_network(weights, backend=backend)
    with np.load(outputs, allow_pickle=False) as recorded, torch.no_grad():
        cases = [name.removeprefix("x") for name in recorded.files if name.startswith("x")]
        assert cases
        for case in cases:
            score, logits = network(torch.from_numpy(recorded[f"x{case}"]))
            assert np.abs(score.numpy() - recorded[f"spot{case}"]).max() <= 1e-5
            assert np.abs(logits.numpy() - recorded[f"recog{case}"]).max() <= 1e-5


@pytest.mark.parametrize("path", parity.each("released*.pkl"))
def test_published_keys_are_as_we_write_them_here(path: Path) -> None:
    released = torch.load(path, weights_only=True)
    ours = in_published_format(METST(pathways="shared"))
    assert {k: v.shape for k, v in ours.items()} == {k: v.shape for k, v in released.items()}


def test_round_trip(network: METST, tmp_path: Path) -> None:
    path = tmp_path / "subject_x.pkl"
    torch.save(in_published_format(network), path)
    loaded = load_network(path)
    assert not loaded.training
    assert loaded.config == network.config
    for name, tensor in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor), name


def refusal(path: Path) -> str:
    with pytest.raises(ReleaseError) as caught:
        load_network(path)
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("blocks", ["blocks_spot", "blocks_recog"])
def test_missing_unknown_and_misshaped_entries(network: METST, tmp_path: Path, blocks: str) -> None:
    path = tmp_path / "x.pkl"
    key = f"module.{blocks}.1.attn.mamba.x_proj.weight"
    whole = in_published_format(network)
    torch.save({k: v for k, v in whole.items() if k != key}, path)
    assert f"lacks {key}" in refusal(path)
    torch.save(whole | {"module.extra": torch.zeros(1)}, path)
    assert "has unknown module.extra" in refusal(path)
    torch.save(whole | {key: torch.zeros(3, 32)}, path)
    assert f"{key}: expected shape (9, 32), got (3, 32)" in refusal(path)


def test_files_that_are_no_checkpoints(network: METST, tmp_path: Path) -> None:
    path = tmp_path / "x.pkl"
    assert refusal(path).endswith("found nothing")
    path.write_bytes(b"")
    assert "found an empty file" in refusal(path)
    path.write_bytes(b"not a checkpoint at all")
    assert "found a file that torch did not write" in refusal(path)
    torch.save(in_published_format(network), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert "damaged or cut off" in refusal(path)
    weights = network.spotting.weight.detach().numpy().tobytes()
    path.write_bytes(whole.replace(weights, bytes(len(weights))))
    assert "damaged or cut off" in refusal(path)
    path.unlink()
    path.mkdir()
    assert "found a folder" in refusal(path)
    path.rmdir()
    torch.save([torch.zeros(2)], path)
    assert "a state dict of names and tensors, found list" in refusal(path)
    torch.save({"weight": torch.zeros(2)}, path)
    assert "not a checkpoint of the ME-TST release" in refusal(path)


class _Runs:
    """Unpickling this would create a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


def test_code_in_a_checkpoint_does_not_run(tmp_path: Path) -> None:
    path, target = tmp_path / "x.pkl", tmp_path / "ran"
    path.write_bytes(pickle.dumps(_Runs(target)))
    refusal(path)
    torch.save({"module.Stem.0.weight": _Runs(target)}, path)
    refusal(path)
    assert not target.exists()
