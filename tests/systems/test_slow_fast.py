"""The slow-fast network of ME-TST+ and BoostingVRME, and their authors' checkpoints."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from torch import Tensor

from metst.base.errors import ConfigError, ReleaseError
from metst.systems.me_tst.layouts import LAYOUTS
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.released import load_network
from metst.systems.me_tst_plus.network import SlowFast
from tests.support import parity
from tests.support.image_systems import close
from tests.support.released import in_published_format
from tests.support.successors import checkpoint, written

SMALL = {"channels": 6, "width": 16, "stages": 2, "depth": 2, "state": 4}


def build(**config: object) -> SlowFast:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return SlowFast(**(SMALL | config)).eval()  # type: ignore[arg-type]


def flow(batch: int, frames: int, channels: int = 6) -> Tensor:
    return torch.randn(batch, channels, frames, generator=torch.Generator().manual_seed(frames))


@pytest.mark.parametrize("path", parity.each("systems/successors/*_io*.npz"))
def test_published_outputs_of_released_names(path: Path, tmp_path: Path) -> None:
    recipe = path.with_name(path.name.replace("_io", "_weights_recipe").replace(".npz", ".json"))
    torch.save(checkpoint(recipe), tmp_path / "subject_1.pkl")
    network = load_network(tmp_path / "subject_1.pkl")
    assert isinstance(network, SlowFast)
    fused: list[Tensor] = []
    network.trunks[0].register_forward_hook(lambda _m, _x, out: fused.append(out))
    with np.load(path, allow_pickle=False) as recorded, torch.no_grad():
        for case in [name[1:] for name in recorded.files if re.fullmatch(r"x\d+", name)]:
            score, logits = network(torch.from_numpy(recorded[f"x{case}"]).squeeze(1))
            close(score, recorded[f"spot{case}"], 2e-5)
            close(logits, recorded[f"recog{case}"], 1e-4)
        close(fused[0][:1], recorded["fused_spot_0"].reshape(1, *fused[0].shape[1:]), 2e-4)


@pytest.mark.parametrize(
    ("pathways", "used", "stored", "entries"),
    [("separate", 16_653_318, 16_671_750, 780), ("single", 8_359_686, 8_368_902, 399)],
)
def test_published_sizes(pathways: str, used: int, stored: int, entries: int) -> None:
    """Everything counted; the files hold norms that are never used as well."""
    with torch.device("meta"):
        network = SlowFast(pathways=pathways)
    assert sum(p.numel() for p in network.parameters()) == used
    expected = LAYOUTS[2 if pathways == "separate" else 3].expected(network)
    buffers = ("running_mean", "running_var", "num_batches_tracked")
    sizes = [np.prod(s, dtype=int) for name, s in expected.items() if not name.endswith(buffers)]
    assert (len(expected), sum(sizes)) == (entries, stored)


@pytest.mark.parametrize("frames", [1, 2, 7, 8])
def test_any_number_of_frames(frames: int) -> None:
    """An odd number, too; frames far from the end do not depend on what follows."""
    network, x = build(), flow(2, frames)
    score, logits = network(x)
    assert (score.shape, logits.shape) == ((2, frames), (2, frames, 5))
    longer = network(torch.cat([x, flow(2, 4)], -1))[0]
    early = max(0, frames - 3)  # the stem looks two frames ahead, the slow path one more
    assert torch.allclose(score[:, :early], longer[:, :early], atol=1e-6)


def test_the_fast_path_sees_nothing_of_the_slow_one() -> None:
    network = build()
    (trunk, _), x = network.trunks, network.stem(flow(1, 6)).mT
    before = trunk(x)
    with torch.no_grad():
        trunk.entry.norm.bias += 1
    changed = (trunk(x) != before).any(1)[0]
    assert changed[:32].all()
    assert not changed[32:].any()


def test_config_rebuilds_the_network_and_both_tasks_train() -> None:
    network = build(pathways="single", init="mamba")
    again = SlowFast(**yaml.safe_load(yaml.safe_dump(network.config))).eval()
    again.load_state_dict(network.state_dict())
    for got, want in zip(again(flow(2, 5)), network(flow(2, 5)), strict=True):
        assert torch.equal(got, want)
    for system in (network, build()):
        score, logits = system.train()(flow(4, 6))
        (score.sum() + logits.square().sum()).backward()
        assert all(p.grad is not None for p in system.parameters())
    with pytest.raises(ConfigError, match="pathways: expected one of separate, single"):
        build(pathways="shared")


@pytest.mark.parametrize("layout", range(len(LAYOUTS)))
def test_every_layout_is_read(layout: int, tmp_path: Path) -> None:
    kind, pathways = LAYOUTS[layout].network
    sizes = SMALL if kind is SlowFast else {"width": 16, "depth": 2, "state": 4}
    network = kind(**sizes, emotions=3, conv=3, pathways=pathways)  # type: ignore[arg-type]
    path, stored = tmp_path / "x.pkl", written(network, layout)
    torch.save(stored, path)
    loaded = load_network(path)
    assert type(loaded) is kind
    assert loaded.config == network.config
    for name, tensor in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor), name
    last = max(stored)
    torch.save({name: x for name, x in stored.items() if name != last}, path)
    with pytest.raises(ReleaseError, match=re.escape(last)):
        load_network(path)


def test_names_of_the_release_of_2024_and_of_an_unknown_one(tmp_path: Path) -> None:
    network = METST(width=16, depth=3, state=4, conv=3, pathways="shared")
    assert written(network, 0).keys() == in_published_format(network).keys()
    renamed = {x.replace("blocks_spot", "blocks_find"): v for x, v in written(network, 0).items()}
    torch.save(renamed, tmp_path / "x.pkl")
    with pytest.raises(ReleaseError, match=r"unknown layout.*BoostingVRME.*blocks_find"):
        load_network(tmp_path / "x.pkl")
