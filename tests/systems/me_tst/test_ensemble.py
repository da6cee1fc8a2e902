"""Members of an ensemble learn by themselves and answer together."""

from pathlib import Path

import pytest
import torch

from metst.base.errors import ConfigError
from metst.predict import export_model, load_model
from metst.predict.model import About, Model
from metst.systems.me_tst.ensemble import Ensemble
from metst.systems.me_tst.module import AnalysisModule
from metst.systems.me_tst.stream import Streaming
from tests.support.image_systems import trained

SMALL = {"width": 4, "depth": 1, "state": 2, "drop_path": 0.0, "pathways": "shared"}


class Plain(AnalysisModule):
    """With plain gradient descent, at a rate per member, and no fold."""

    network: Ensemble

    def __init__(self, network: Ensemble) -> None:
        super().__init__(network)
        self.class_weights = torch.ones(5)

    def configure_optimizers(self) -> torch.optim.Optimizer:  # type: ignore[override]
        return torch.optim.SGD(self.parameters(), 0.1 * len(self.network.members))


def test_they_answer_together() -> None:
    ensemble = Ensemble(3, **SMALL).eval()
    flow = torch.randn(2, 10, 20)
    score, logits = ensemble(flow)
    each = [member(flow) for member in ensemble.members]
    assert torch.allclose(score, torch.stack([s for s, _ in each]).mean(0))
    assert torch.allclose(logits, torch.stack([x for _, x in each]).mean(0))
    assert not torch.allclose(each[0][0], each[1][0])


def test_they_stream_together() -> None:
    ensemble = Ensemble(2, **SMALL).eval()
    assert isinstance(ensemble, Streaming)
    flow, stream = torch.randn(1, 10, 20), ensemble.stream()
    parts = [stream.push(flow[..., :7]), stream.push(flow[..., 7:]), stream.finish()]
    for streamed, whole in zip(zip(*parts, strict=True), ensemble(flow), strict=True):
        assert torch.allclose(torch.cat(streamed, 1), whole, atol=1e-5)


def test_each_learns_as_if_it_were_alone() -> None:
    ensemble = Ensemble(2, **SMALL)
    alone = Ensemble(1, **SMALL)
    alone.members[0].load_state_dict(ensemble.members[1].state_dict())
    batch = torch.randn(3, 10, 20), torch.ones(3, 20), torch.randint(0, 5, (3, 20))
    trained(Plain(ensemble), batch)
    trained(Plain(alone), batch)
    expected = alone.members[0].state_dict()
    for name, value in ensemble.members[1].state_dict().items():
        assert torch.allclose(value, expected[name], atol=1e-6), name


def test_it_is_exported(tmp_path: Path) -> None:
    ensemble = Ensemble(2, **SMALL).eval()
    path = tmp_path / "x.safetensors"
    export_model(Model(About("x", 30.0, 50, 6), (ensemble,)), path, "x")
    loaded = load_model(path)
    assert isinstance(loaded, Model)
    flow = torch.randn(1, 10, 20)
    assert torch.equal(loaded.networks[0](flow)[0], ensemble(flow)[0])


def test_it_needs_a_member() -> None:
    with pytest.raises(ConfigError, match="members"):
        Ensemble(0)
