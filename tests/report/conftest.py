"""A made-up run that takes a second instead of a training, and its page in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from metst.report import write_report
from tests.support.browser import Page, open_browser
from tests.support.made_up import make_run
from tests.support.timelines import show_timelines


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two subjects with two videos of 900 frames; nobody may change it."""
    return make_run(tmp_path_factory.mktemp("runs") / "made-up", 2, 2, 900)


@pytest.fixture(scope="session")
def address(made_up: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the page of the made-up run."""
    return write_report([made_up], tmp_path_factory.mktemp("page") / "report.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    """An empty tab."""
    with open_browser() as page:
        yield page


@pytest.fixture
def page(browser: Page, address: str) -> Iterator[Page]:
    """The open page, scrolled to the timelines; it may neither complain nor ask for anything."""
    show_timelines(browser, address)
    yield browser
    assert browser.complaints == []
    assert {request.split("#")[0] for request in browser.requests} == {address}
