"""A network of one's own, by its class path: refused in plain words, or trained and used."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import Tensor, nn

from metst.base.errors import ConfigError
from metst.cli import main
from metst.cli.main import USAGE
from metst.features.followed_face import FollowedFace
from metst.predict import analyze, load_model
from metst.predict.live import Live
from metst.predict.model import About, Model, outputs
from metst.systems.me_tst.network import METST
from metst.systems.me_tst.outputs import check_outputs
from tests.support.runs import run, tiny_options

EMOTIONS = "negative", "positive"

CODE = """
from torch import nn

class Small(nn.Module):
    def __init__(self, body: nn.Module, classes: int = 5):
        super().__init__()
        self.body, self.heads = body, nn.Conv1d(10, 1 + classes, 1)
    def forward(self, flow):
        heads = self.heads(self.body(flow)).transpose(1, 2)  # (B, T, 1 + classes)
        return heads[..., 0].sigmoid(), heads[..., 1:]
"""


class Pointwise(nn.Module):
    """Each frame by itself, so that it streams without delay."""

    delay = 0

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.Linear(10, 6)

    def forward(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        heads = self.heads(flow.mT)
        return heads[..., 0].sigmoid(), heads[..., 1:]

    def stream(self) -> "Pointwise":
        return self

    @torch.no_grad()
    def push(self, flow: Tensor) -> tuple[Tensor, Tensor]:
        return self(flow)

    def finish(self) -> tuple[Tensor, Tensor]:
        return self.push(torch.zeros(1, 10, 0))


@pytest.fixture(scope="module")
def own(
    tiny_root: Path, tiny_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A run of `CODE`, whose argument is an object, too."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own_network.py").write_text(CODE)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        body = '{"class_path": "torch.nn.Conv1d", "init_args": {"in_channels": 10, '
        body += '"out_channels": 10, "kernel_size": 9, "padding": 4}}'
        options = tiny_options(tiny_root, tiny_cache, folder)
        options = [x for x in options if not x.startswith("--model.network")]
        network = ["--model.network=own_network.Small", f"--model.network.body={body}"]
        assert not run(options, *network, "--name=own").failed
        yield folder / "own"
    sys.modules.pop("own_network", None)


@pytest.mark.slow
def test_its_run_analyzes_videos(own: Path, tiny_root: Path) -> None:
    video = tiny_root / "data" / "spNO.1" / "a" / "color"
    found = analyze(video, own, fold="spNO.1", floor=0)
    table = pd.read_csv(own / "folds" / "spNO.1" / "predictions.csv", dtype={"video": str})
    expected = table[(table.variant == "strict/spotting_first") & (table.video == "a")]
    assert [x.onset for x in found.intervals] == expected.onset.tolist() != []
    assert [x.score for x in found.intervals] == pytest.approx(expected.score.tolist(), abs=1e-5)


@pytest.mark.slow
def test_it_is_not_exported_and_does_not_stream(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.safetensors"
    assert main(["export", str(own), "--fold=spNO.1", f"--out={file}"]) == USAGE
    assert "got own_network.Small: an exported file names no other" in capsys.readouterr().err
    assert not file.exists()
    assert main(["stream", "any.mp4", f"--checkpoint={own}"]) == USAGE
    assert "got Small; `metst predict` takes it" in capsys.readouterr().err


@pytest.mark.slow
def test_no_step_is_made_with_outputs_that_do_not_fit(tiny: list[str]) -> None:
    failed = run(tiny, "--model.network.emotions=7", "--name=other").failed
    assert set(failed) == {"spNO.1", "spNO.2"}
    assert failed["spNO.1"].endswith("got (2, 50) and (2, 50, 8); set --model.network.emotions 4")


@pytest.mark.slow
def test_a_module_that_is_gone_is_named(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "own_network", None)
    with pytest.raises(ConfigError, match=r"model.network: .*got own_network\.Small.* be where"):
        load_model(own)


def test_one_that_can_stream_streams() -> None:
    network = Pointwise().eval()
    model = Model(About("own", fps=30.0, k=10, k_p=2), (network,))
    live = Live(model, FollowedFace())
    moments = [m for _ in range(10) for m in live.push(None)]
    ((score, _),) = outputs(model, torch.zeros(1, 10, 10))
    assert [m.score for m in moments] == pytest.approx(score[0].tolist())


class Given(nn.Module):
    """Gives what it was given."""

    def __init__(self, *outputs: object) -> None:
        super().__init__()
        self.outputs = outputs

    def forward(self, flow: Tensor) -> object:  # noqa: ARG002
        return self.outputs[0] if len(self.outputs) == 1 else self.outputs


SCORE, LOGITS = torch.full((2, 30), 0.5), torch.zeros(2, 30, 3)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Given(SCORE), r"\(2, 30\) and logits \(2, 30, 3\), for each of .*; got \(2, 30\)$"),
        (Given(SCORE, None), "got .2, 30. and NoneType"),
        (Given(SCORE, LOGITS.mT), r"got \(2, 30\) and \(2, 3, 30\)"),
        (METST(width=8, depth=1, state=4), r"got .*\(2, 30, 5\); set --model.network.emotions 2$"),
        (Given(SCORE[..., None], LOGITS), r"got \(2, 30, 1\) and \(2, 30, 3\)$"),
        (Given(SCORE - 1, LOGITS), "expected scores from 0 to 1, got -0.5 to -0.5"),
        (nn.Conv1d(3, 1, 1), r"torch.*Conv1d: expected a network that reads flow \(2, 10, 30\)"),
    ],
)
def test_outputs_that_cannot_be_trained_are_refused(network: nn.Module, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        check_outputs(network, torch.zeros(2, 10, 30), EMOTIONS)


def test_a_look_leaves_the_network_as_it_was() -> None:
    network = nn.Sequential(nn.BatchNorm1d(10).eval(), Pointwise(), Given(SCORE, LOGITS))
    check_outputs(network, torch.randn(2, 10, 30), EMOTIONS)
    assert [module.training for module in network.modules()] == [True, False, *[True] * 3]
    assert network[0].num_batches_tracked == 0
