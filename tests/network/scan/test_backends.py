"""Choosing and probing backends."""

import logging
from collections.abc import Iterator

import pytest
import torch

from metst.base import cpu
from metst.base.errors import BackendError
from metst.network.scan import choose, probe

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Choices are kept for the whole process: none of a made-up machine may outlive its test."""
    choose.cache_clear()
    yield
    choose.cache_clear()


def test_auto_takes_the_first_that_works_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO, logger="metst"):
        first = choose("auto", CPU, torch.float32)
        assert choose("auto", CPU, torch.float32) == first
    assert first.name == next(p.name for p in probe(CPU) if p.works)
    assert "not mamba_ssm: it needs tensors on a CUDA device" in first.why
    assert [record.getMessage() for record in caplog.records].count(
        f"selective scan on cpu, torch.float32: {first.name} ({first.why})"
    ) == 1


def test_auto_in_float64_is_the_reference() -> None:
    choice = choose("auto", CPU, torch.float64)
    assert choice.name == "reference"
    assert "not cpu: it computes in float32 only" in choice.why


def test_a_name_that_cannot_work_is_an_error() -> None:
    with pytest.raises(BackendError, match="'mamba_ssm' cannot work on cpu"):
        choose("mamba_ssm", CPU, torch.float32)


def test_probe_names_every_backend() -> None:
    probes = probe(CPU)
    assert [p.name for p in probes] == ["mamba_ssm", "cpu", "triton", "reference"]
    for p in probes:
        assert p.works == (p.why == "") == (p.seconds is not None)
    seconds = {p.name: p.seconds for p in probes}
    assert seconds["reference"] is not None
    assert seconds["cpu"] is None or 0 < seconds["cpu"] < seconds["reference"]


def test_without_numba_the_reference_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu, "_import_obstacle", lambda: "no numba here")
    choice = choose("auto", CPU, torch.float32)
    assert choice.name == "reference"
    assert "not cpu: no numba here" in choice.why
