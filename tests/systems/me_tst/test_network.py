"""The network: contracts, equivalence with an independent rendering, training and eval modes."""

import pytest
import torch
import yaml
from torch import Tensor
from torch.nn import functional

from metst.base.errors import ConfigError
from metst.network.mixer import Mixer
from metst.network.scan import probe
from metst.systems.me_tst.network import METST

WORKING = [p.name for p in probe() if p.works]
SMALL = {"width": 16, "depth": 2, "state": 4}


def build(seed: int = 0, **config: object) -> METST:
    """A small network whose weights and batch statistics are not the initial ones."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = METST(**(SMALL | config))  # type: ignore[arg-type]
        with torch.no_grad():
            for p in network.parameters():
                p += 0.2 * torch.randn_like(p)
            for norm in (network.stem.first.norm, network.stem.second.norm):
                norm.running_mean += torch.randn_like(norm.running_mean)
                norm.running_var *= 1 + torch.rand_like(norm.running_var)
    return network


def flow(batch: int, frames: int, channels: int = 10) -> Tensor:
    return torch.randn(batch, channels, frames, generator=torch.Generator().manual_seed(frames))


def naive_mixer(mixer: Mixer, x: Tensor) -> Tensor:
    """Mamba-1 one frame at a time, from its published equations."""
    inner, taps = mixer.conv.weight.shape
    rank, states, _ = mixer.sizes
    weights = [x.new_zeros(x.shape[0], inner)] * (taps - 1)
    h = x.new_zeros(x.shape[0], inner, states)
    outputs = []
    for t in range(x.shape[1]):
        projected = x[:, t] @ mixer.in_proj.weight.T
        weights.append(projected[:, :inner])
        seen = torch.stack(weights[-taps:], dim=-1)
        v = functional.silu((seen * mixer.conv.weight).sum(-1) + mixer.conv.bias)
        rates = v @ mixer.x_proj.weight.T
        steps = rates[:, :rank] @ mixer.dt_proj.weight.T + mixer.dt_proj.bias
        delta = torch.log1p(steps.exp())[..., None]
        b = rates[:, None, rank : rank + states]
        c = rates[:, None, rank + states :]
        h = torch.exp(-delta * mixer.A_log.exp()) * h + delta * b * v[..., None]
        y = (h * c).sum(-1) + mixer.D * v
        outputs.append((y * functional.silu(projected[:, inner:])) @ mixer.out_proj.weight.T)
    return torch.stack(outputs, dim=1)


def naive_network(network: METST, x: Tensor) -> tuple[Tensor, Tensor]:
    """Eval mode, window by window from the parameters alone."""
    for layer in (network.stem.first, network.stem.second):
        x = functional.conv1d(x, layer.convolution.weight, layer.convolution.bias, padding=1)
        norm = layer.norm
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        x = (x - norm.running_mean[:, None]) * scale[:, None] + norm.bias[:, None]
        x = x.clamp(min=0)
    x = x.mT
    features = []
    for trunk in network.trunks:
        y = x
        for block in trunk:
            change = functional.layer_norm(
                y, y.shape[-1:], block.norm_before.weight, block.norm_before.bias
            )
            change = naive_mixer(block.mixer, change)
            y = y + functional.layer_norm(
                change, y.shape[-1:], block.norm_after.weight, block.norm_after.bias
            )
        features.append(y)
    score = features[0] @ network.spotting.weight[0] + network.spotting.bias
    logits = features[-1] @ network.recognition.weight.T + network.recognition.bias
    return 1 / (1 + (-score).exp()), logits


@pytest.mark.parametrize("backend", WORKING)
@pytest.mark.parametrize("pathways", ["separate", "shared", "single"])
@pytest.mark.parametrize("frames", [1, 2, 3, 50])
def test_eval_outputs(backend: str, pathways: str, frames: int) -> None:
    network = build(pathways=pathways, backend=backend).eval()
    x = flow(3, frames)
    score, logits = network(x)
    assert score.shape == (3, frames)
    assert logits.shape == (3, frames, 5)
    want_score, want_logits = naive_network(network.double(), x.double())
    torch.testing.assert_close(score.double(), want_score, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(logits.double(), want_logits, rtol=1e-4, atol=1e-5)


def test_other_sizes() -> None:
    network = METST(channels=36, emotions=7, width=24, depth=1, state=3, expand=1, conv=2).eval()
    score, logits = network(flow(2, 9, channels=36))
    assert score.shape == (2, 9)
    assert logits.shape == (2, 9, 8)
    assert ((score >= 0) & (score <= 1)).all()


def test_config_rebuilds_the_network() -> None:
    network = build(pathways="shared", conv=3, init="mamba")
    copy = METST(**yaml.safe_load(yaml.safe_dump(network.config)))
    copy.load_state_dict(network.state_dict())
    x = flow(2, 20)
    for got, want in zip(copy.eval()(x), network.eval()(x), strict=True):
        assert torch.equal(got, want)


def test_pathways_share_only_when_told() -> None:
    assert len(METST(**SMALL, pathways="shared").trunks) == 1  # type: ignore[arg-type]
    separate = METST(**SMALL)  # type: ignore[arg-type]
    score, _ = separate(flow(2, 8))
    score.sum().backward()
    assert all(p.grad is not None for p in separate.trunks[0].parameters())
    assert all(p.grad is None for p in separate.trunks[1].parameters())


def test_shared_runs_the_trunk_once_in_eval() -> None:
    network = METST(**SMALL, pathways="shared").eval()  # type: ignore[arg-type]
    calls: list[tuple[int, ...]] = []
    network.trunks[0].register_forward_hook(lambda _m, args, _o: calls.append(args[0].shape))
    network(flow(3, 8))
    assert calls == [(3, 8, 16)]


def test_training_drops_paths_reproducibly() -> None:
    """Batch norm in eval mode, so that stochastic depth is all that varies between calls."""
    network = build(pathways="shared", depth=4, drop_path=0.9)
    network.train()
    network.stem.eval()
    x = flow(8, 10)
    outputs = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        outputs.append(network(x)[1])
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


@pytest.mark.parametrize("pathways", ["separate", "shared", "single"])
def test_without_stochastic_depth_training_equals_eval(pathways: str) -> None:
    network = build(pathways=pathways, drop_path=0.0)
    x = flow(4, 12)
    evaluated = network.eval()(x)
    network.train()
    network.stem.eval()
    for got, want in zip(network(x), evaluated, strict=True):
        torch.testing.assert_close(got, want)


def test_it_learns() -> None:
    """A few steps of Adam on one batch bring the loss down: gradients reach every part."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = METST(**SMALL)  # type: ignore[arg-type]
        optimizer = torch.optim.Adam(network.parameters(), 3e-3)
        x = flow(8, 20)
        target = (x[:, 0] > 0).float()
        losses = []
        for _ in range(30):
            score, logits = network(x)
            loss = functional.mse_loss(score, target) + functional.cross_entropy(
                logits.flatten(0, 1), target.long().flatten()
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


@pytest.mark.parametrize("pathways", ["separate", "shared", "single"])
@pytest.mark.slow
def test_compiles_whole(pathways: str) -> None:
    """Training mode with stochastic depth, without a graph break; then gradients without it."""
    network = build(pathways=pathways).train()
    x = flow(2, 12)
    torch.compile(network, fullgraph=True, backend="aot_eager")(x)
    network.eval()
    compiled = torch.compile(network, fullgraph=True, backend="aot_eager")
    gradients = []
    for run in (compiled, network):
        score, logits = run(x)
        network.zero_grad()
        (score.square().sum() + logits.square().sum()).backward()
        gradients.append([p.grad for p in network.parameters()])
    for got, want in zip(*gradients, strict=True):
        assert want is not None
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"width": 0}, "width: expected 1 or more, got 0"),
        ({"drop_path": 1.0}, "drop_path: expected 0 or a share below 1, got 1.0"),
        ({"pathways": "both"}, "pathways: expected one of separate, shared, single, got 'both'"),
        ({"init": "zero"}, "init: expected one of released, mamba, got 'zero'"),
    ],
)
def test_arguments_out_of_range(config: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        METST(**config)  # type: ignore[arg-type]
