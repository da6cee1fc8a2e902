"""Videos in parts: equal to the whole, two frames late, constant memory."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from metst.base.errors import ConfigError
from metst.systems.me_tst import network as model
from metst.systems.me_tst.network import METST
from metst.systems.me_tst_plus.network import SlowFast


@pytest.fixture(scope="module", params=["separate", "shared", "slow-fast"])
def network(request: pytest.FixtureRequest) -> METST | SlowFast:
    with torch.random.fork_rng():
        torch.manual_seed(5)
        if request.param == "slow-fast":
            built: METST | SlowFast = SlowFast(10, width=16, stages=2, depth=1, state=4)
        else:
            built = METST(width=16, depth=3, state=4, pathways=request.param)
        with torch.no_grad():
            for p in built.parameters():
                p += 0.05 * torch.randn_like(p)
    return built.eval()


def flow(frames: int, batch: int = 1) -> Tensor:
    return torch.randn(batch, 10, frames, generator=torch.Generator().manual_seed(frames))


def through(network: METST | SlowFast, x: Tensor, sizes: list[int]) -> tuple[Tensor, Tensor]:
    stream = network.stream()
    parts = [stream.push(part) for part in x.split(sizes, dim=-1)]
    scores, logits = zip(*parts, stream.finish(), strict=True)
    return torch.cat(scores, dim=1), torch.cat(logits, dim=1)


@settings(deadline=None, max_examples=20)
@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=12), batch=st.integers(1, 3))
def test_equal_to_the_whole(network: METST | SlowFast, sizes: list[int], batch: int) -> None:
    """In float64, where a wrong frame could not hide behind rounding."""
    network = copy.deepcopy(network).double()
    x = flow(sum(sizes), batch).double()
    with torch.no_grad():
        whole = network(x)
    for got, want in zip(through(network, x, sizes), whole, strict=True):
        torch.testing.assert_close(got, want, rtol=0, atol=1e-10)


@pytest.mark.parametrize("sizes", [[1] * 60, [7, 1, 2, 50]])
def test_equal_to_the_whole_in_float32(network: METST | SlowFast, sizes: list[int]) -> None:
    x = flow(60)
    with torch.no_grad():
        whole = network(x)
    for got, want in zip(through(network, x, sizes), whole, strict=True):
        torch.testing.assert_close(got, want, rtol=0, atol=1e-5)


def test_some_frames_late(network: METST | SlowFast) -> None:
    stream = network.stream()
    due = [stream.push(flow(1))[0].shape[1] for _ in range(5)]
    assert due == ([0, 0, 0, 2, 0] if isinstance(network, SlowFast) else [0, 0, 1, 1, 1])
    score, logits = stream.finish()
    assert due.index(max(due)) == network.delay
    assert score.shape == (1, 5 - sum(due))
    assert logits.shape == (1, 5 - sum(due), 5)


def test_finish_begins_a_new_video(network: METST | SlowFast) -> None:
    stream = network.stream()
    x = flow(6)
    first = [stream.push(x)[0], stream.finish()[0]]
    second = [stream.push(x)[0], stream.finish()[0]]
    assert torch.equal(torch.cat(first, dim=1), torch.cat(second, dim=1))


def test_long_videos_go_in_parts(
    network: METST | SlowFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if isinstance(network, SlowFast):
        pytest.skip("it takes the video at once")
    x = flow(70, batch=2)
    with torch.no_grad():
        whole = network(x)
        monkeypatch.setattr(model, "LONGEST", 32)
        widest: list[int] = []
        handle = network.trunks[0].register_forward_hook(
            lambda _m, args, _o: widest.append(args[0].shape[1])
        )
        parts = network(x)
        handle.remove()
    assert max(widest) <= 32
    assert sum(widest) == 70
    for got, want in zip(parts, whole, strict=True):
        torch.testing.assert_close(got, want, rtol=0, atol=1e-5)


def test_gradients_take_the_whole_video(
    network: METST | SlowFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "LONGEST", 32)
    score, _ = network(flow(70))
    assert score.requires_grad


def test_needs_eval_mode() -> None:
    with pytest.raises(ConfigError, match="eval mode"):
        METST(width=16, depth=1, state=2).stream()


def test_nothing_to_finish(network: METST | SlowFast) -> None:
    with pytest.raises(ConfigError, match="push some first"):
        network.stream().finish()
