"""Progress in a log: plain lines, rarely, and none where nobody wants them."""

import logging

import pytest

from metst.base import progress as module
from metst.base.progress import progress


def test_lines_come_rarely_and_the_last_has_the_rate(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 4))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(clock)))
    with caplog.at_level(logging.INFO, logger="metst"), progress("flow", 10, "frames") as advance:
        for _ in range(10):
            advance()
    assert caplog.messages == [
        "flow: 3 of 10 frames",
        "flow: 6 of 10 frames",
        "flow: 9 of 10 frames",
        "flow: 10 of 10 frames in 44.0 s (0/s)",
    ]


def test_how_it_stands_is_behind_the_count(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(clock)))
    with caplog.at_level(logging.INFO, logger="metst"), progress("folds", 3, "epochs") as advance:
        advance(1, "loss 0.5")
        advance(1)
        advance(1, "loss 0.4")
    assert caplog.messages == [
        "folds: 1 of 3 epochs, loss 0.5",
        "folds: 2 of 3 epochs, loss 0.5",
        "folds: 3 of 3 epochs in 80.0 s (0/s), loss 0.4",
    ]


@pytest.mark.parametrize(("level", "total"), [(logging.WARNING, 5), (logging.INFO, 0)])
def test_nothing_is_said_when_quiet_or_without_work(
    level: int, total: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(level, logger="metst"), progress("flow", total, "frames") as advance:
        advance(total)
    assert caplog.messages == []
