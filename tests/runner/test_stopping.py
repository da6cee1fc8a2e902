"""Signals: the first is a wish, the second an order."""

import os
import signal
import threading
import time

import pytest

from metst.runner.stopping import SIGNALS, sigterm_is_ctrl_c, stoppable


def send(number: int) -> None:
    """Signal this process; its handler runs before the next step."""
    os.kill(os.getpid(), number)
    time.sleep(0.01)


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_once_is_noted_and_twice_interrupts(
    first: int, second: int, capfd: pytest.CaptureFixture
) -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stoppable() as stop:
        assert not stop.wanted
        send(first)
        assert stop.wanted
        assert "stopping at the end of this epoch" in capfd.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            send(second)
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_it_listens_again_after_a_library_took_the_signal() -> None:
    with stoppable() as stop:
        signal.signal(signal.SIGTERM, lambda *_: None)
        send(signal.SIGTERM)
        assert not stop.wanted
        stop.listen()
        send(signal.SIGTERM)
        assert stop.wanted


def test_what_is_ignored_stays_ignored() -> None:
    """Workers leave Ctrl-C to their parent."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with stoppable() as stop:
            send(signal.SIGINT)
            assert not stop.wanted
            send(signal.SIGTERM)
            assert stop.wanted
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_thread_hears_nothing_and_breaks_nothing() -> None:
    """A Dask worker runs its jobs in a thread, where Python lets nobody handle signals."""
    heard: list[bool] = []

    def work() -> None:
        with stoppable() as stop, sigterm_is_ctrl_c():
            heard.append(stop.wanted)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == [False]


def test_sigterm_does_what_ctrl_c_does() -> None:
    with sigterm_is_ctrl_c(), pytest.raises(KeyboardInterrupt):
        send(signal.SIGTERM)
    taken: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: taken.append(number))
    try:
        with sigterm_is_ctrl_c():
            send(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, before)
    assert taken == [signal.SIGINT]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a script's background job
    try:
        with sigterm_is_ctrl_c(), pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGINT, before)
