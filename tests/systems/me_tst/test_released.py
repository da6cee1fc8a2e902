"""Reading the authors' checkpoints: parity where the files are, refusals everywhere."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from metst.base.errors import ReleaseError
from metst.network.scan import probe
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.released import load_network

PARITY = os.environ.get("METST_PARITY")
WORKING = [p.name for p in probe() if p.works]
needs_parity = pytest.mark.skipif(
    PARITY is None, reason="METST_PARITY names no folder with released weights and outputs"
)


def in_published_format(network: METST) -> dict[str, Tensor]:
    """A checkpoint as the authors' code saves it, for a network with shared pathways."""
    own = network.state_dict()
    stored: dict[str, Tensor] = {}
    for released, ours in ((0, "first.convolution"), (3, "second.convolution")):
        for leaf in ("weight", "bias"):
            stored[f"module.Stem.{released}.{leaf}"] = own[f"stem.{ours}.{leaf}"]
    for released, ours in ((1, "first.norm"), (4, "second.norm")):
        for leaf in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
            stored[f"module.Stem.{released}.{leaf}"] = own[f"stem.{ours}.{leaf}"]
    for released, ours in (("fc_spot", "spotting"), ("fc_recog", "recognition")):
        for leaf in ("weight", "bias"):
            stored[f"module.{released}.0.{leaf}"] = own[f"{ours}.{leaf}"]
    for index in range(network.config["depth"]):
        for name, tensor in own.items():
            prefix = f"trunks.0.{index}."
            if not name.startswith(prefix):
                continue
            rest = name.removeprefix(prefix)
            rest = rest.replace("norm_before", "attn.norm").replace("norm_after", "norm1")
            rest = rest.replace("mixer.conv", "mixer.conv1d").replace("mixer", "attn.mamba")
            value = tensor[:, None] if rest.endswith("conv1d.weight") else tensor
            stored[f"module.blocks_spot.{index}.{rest}"] = value
            stored[f"module.blocks_recog.{index}.{rest}"] = torch.full_like(value, 9)
        for blocks in ("blocks_spot", "blocks_recog"):
            for leaf in ("weight", "bias"):
                key = f"module.{blocks}.{index}.norm2.{leaf}"
                stored[key] = torch.zeros(network.config["width"])
    return stored


@pytest.fixture
def network() -> METST:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return METST(width=16, depth=3, state=4, conv=3, emotions=3, pathways="shared").eval()


@needs_parity
@pytest.mark.parametrize("backend", WORKING)
def test_released_outputs(backend: str) -> None:
    folder = Path(str(PARITY))
    network = load_network(folder / "released_weights.pkl", backend=backend)
    with np.load(folder / "released_io.npz") as recorded, torch.no_grad():
        for case in range(3):
            score, logits = network(torch.from_numpy(recorded[f"x{case}"]))
            assert np.abs(score.numpy() - recorded[f"spot{case}"]).max() <= 1e-5
            assert np.abs(logits.numpy() - recorded[f"recog{case}"]).max() <= 1e-5


@needs_parity
def test_published_keys_are_as_we_write_them_here() -> None:
    released = torch.load(Path(str(PARITY)) / "released_weights.pkl", weights_only=True)
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
