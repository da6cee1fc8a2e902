"""The code that an experiment brings along: which modules, and what counts as a change."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from metst.runner import sources
from metst.runner.sources import own_sources

FILES = {
    "mynet.py": "from mypack import parts\nimport torch\nclass Net(parts.Base): ...\n",
    "mypack/__init__.py": "",
    "mypack/parts.py": "from . import deep\nclass Base: ...\n",
    "mypack/deep.py": "WIDTH = 8\n",
    "unused.py": "",
}


def forget() -> None:
    """As in a new process."""
    sources._digests.cache_clear()
    for name in [n for n in sys.modules if n.partition(".")[0] in ("mynet", "mypack")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    forget()


def project(folder: Path, **changes: str) -> Path:
    for name, text in (FILES | changes).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def known(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    forget()
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(folder))
        model = {"class_path": "metst.systems.me_tst.module.AnalysisModule"}
        network = {"class_path": "mynet.Net", "init_args": {}}
        return own_sources({"model": {**model, "init_args": {"network": network}}})


def test_modules_are_followed_to_what_they_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = known(project(tmp_path), monkeypatch)
    assert set(found) == {"mynet", "mypack", "mypack.parts", "mypack.deep"}


def test_a_change_shows_in_its_module_alone_and_a_move_in_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = known(project(tmp_path / "a"), monkeypatch)
    assert known(project(tmp_path / "b"), monkeypatch) == before
    edited = known(project(tmp_path / "c", **{"mypack/deep.py": "WIDTH = 9\n"}), monkeypatch)
    assert {name for name in before if before[name] != edited[name]} == {"mypack.deep"}


def test_the_product_and_installed_packages_are_not_among_them() -> None:
    settings = [
        {"class_path": "metst.systems.me_tst.network.METST"},
        {"class_path": "torch.nn.Linear"},
    ]
    assert own_sources(settings) == {}


def test_the_data_modules_and_callbacks_of_the_project_are() -> None:
    found = own_sources({"data": {"class_path": "datamodules.demo.DemoDataModule"}})
    assert {"datamodules.demo", "datamodules.loso"} <= set(found)
    assert not {name for name in found if name.startswith("metst")}
