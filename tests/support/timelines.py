"""The report's page in a browser: what tests look for in it, and keys."""

import time

from tests.support.browser import Page

READY = "document.documentElement.dataset.ready"
DRAWN = "document.querySelectorAll('#list .video:first-child canvas').length >= 4"
SHOWN = "[...document.querySelectorAll('#list .video h3')].map((h) => h.textContent)"
RANGES = "VIEWS[0].plots.map((u) => [u.scales.x.min, u.scales.x.max])"
READOUT = """VIEWS[0].readout.element.hidden ? '' :
  [...VIEWS[0].readout.element.children].map((part) => part.textContent).join('\\n')"""


def show_timelines(browser: Page, address: str) -> None:
    """Open a page and scroll to its timelines; what it asked for before is forgotten."""
    browser.requests.clear()
    browser.complaints.clear()
    browser.look(1300, 900)
    browser.open(address)
    browser.wait_for(READY)
    browser.evaluate("document.getElementById('timelines').scrollIntoView()")
    browser.wait_for(DRAWN)


def press(page: Page, key: str, *, at: str = ".plots") -> None:
    """Press a key on the first element of a selector; on what has the focus where that is empty."""
    if at:
        page.evaluate(f"document.querySelector('{at}').focus()")
    codes = {"Tab": 9, "Enter": 13}
    for kind in ("keyDown", "keyUp"):
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        code = codes.get(key, 0)
        page.call(
            "Input.dispatchKeyEvent", type=kind, key=key, text=text, windowsVirtualKeyCode=code
        )
    time.sleep(0.1)


def choose(page: Page, name: str, value: str) -> list[str]:
    """Set a filter; returns the videos that are shown then."""
    page.evaluate(
        f"(() => {{ const field = document.querySelector('.filters').elements['{name}'];"
        f"field.value = '{value}';"
        "field.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )
    shown: list[str] = page.evaluate(SHOWN)
    return shown
