"""The size of a system, whatever its network makes of it."""

from pathlib import Path

import pytest
from torch import nn

from metst.runner.systems.plan import plan
from metst.samples import FlowWindows
from metst.systems.annotated import Annotated
from metst.systems.me_tst import METST
from metst.systems.me_tst.module import AnalysisModule
from metst.systems.size import Size, size_of
from tests.support.systems.clip_recognizer import ClipRecognizer, Clips


def test_a_network_is_counted() -> None:
    network = nn.Conv1d(10, 6, 1, bias=False)
    assert size_of(AnalysisModule(network), FlowWindows(50)) == Size(60, 60, "frame")


def test_a_system_without_a_network_has_its_parameters() -> None:
    assert size_of(ClipRecognizer(Annotated()), Clips(50)) == Size(44)


@pytest.mark.parametrize(
    "network",
    [nn.Conv1d(36, 6, 1), METST(width=8, depth=1, state=4, backend="triton")],
    ids=["channels", "backend"],
)
def test_a_network_that_refuses_has_its_parameters(network: nn.Module) -> None:
    parameters = sum(p.numel() for p in network.parameters())
    assert size_of(AnalysisModule(network), FlowWindows(50)) == Size(parameters)


def test_such_a_system_can_run(tmp_path: Path) -> None:
    systems = tmp_path / "systems"
    systems.mkdir()
    (tmp_path / "demo.yaml").write_text(Path("experiments/demo.yaml").read_text())
    own = Path("tests/support/systems/clip_recognizer/system.yaml").read_text()
    (systems / "own.yaml").write_text(own)
    words = ["--config", str(tmp_path / "demo.yaml"), f"--loso.runs={tmp_path}"]
    (found,) = plan([*words, "--systems=own"]).systems
    assert (found.size, found.entry.remark) == (Size(44), "not run yet")
