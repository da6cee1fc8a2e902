"""Sources of an experiment's settings: the same as those of its data module."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from datamodules.casme3 import CASME3DataModule
from datamodules.demo import DemoDataModule
from metst.base.errors import ConfigError
from metst.base.executors import Serial
from metst.datasets.demo.options import DemoOptions
from metst.features.settings import source_of
from metst.features.source import Source
from metst.features.store import Entry, FeatureSpec
from metst.samples import FlowWindows
from tests.support.drawn import DETECTOR, flow_windows
from tests.support.fourth import Fourth, FourthDataModule
from tests.support.label_tables import casme3_labels
from tests.support.runs import TINY

DEMO = "datamodules.demo.DemoDataModule"


def settings(root: Path, cache: Path, **more: object) -> dict[str, Any]:
    return {"root": str(root), "cache": str(cache), "samples": samples(k=50), **more}


def samples(**arguments: object) -> dict[str, Any]:
    return {"class_path": "metst.samples.FlowWindows", "init_args": arguments}


def test_a_source_is_that_of_the_data_module(tiny_root: Path, tmp_path: Path) -> None:
    options = {"subjects": 2, "videos": 2, "frames": 150, "size": 200, "seed": 3}
    assert DemoOptions(**options) == TINY  # type: ignore[arg-type]
    arguments = settings(tiny_root, tmp_path, demo=options, suppress=["no-face"], emotions=3)
    source = source_of({"class_path": DEMO, "init_args": arguments})
    module = DemoDataModule(
        TINY,
        root=tiny_root,
        cache=tmp_path,
        samples=FlowWindows(50),
        suppress=["no-face"],
        emotions=3,
    )
    for own in (source, module.source):
        own.locate()
    assert source.videos() == module.source.videos()
    assert len(source.videos()) == 4
    assert (source.spec, source.suppress) == (module.source.spec, module.source.suppress)
    assert source.store.folder == module.source.store.folder
    assert source.emotions == module.source.emotions
    assert source.dataset.timebase == module.dataset.timebase


@pytest.mark.parametrize("emotions", [3, 4, 7])
def test_the_demo_has_no_label_errors_with_any_number_of_classes(
    tiny_root: Path, tmp_path: Path, emotions: int
) -> None:
    arguments = settings(tiny_root, tmp_path, emotions=emotions)
    source = source_of(
        {"class_path": "datamodules.casme3.CASME3DataModule", "init_args": arguments}
    )
    source.feature = LengthAlone()
    assert source.extract(Serial()) == ()
    assert source.label_errors() == ()
    found = {e.emotion for r in source.recordings() for e in r.micro}
    assert found <= set(source.emotions.classes)


class LengthAlone:
    """A feature without arrays."""

    spec = FeatureSpec("length", 1)

    def measure(self, frames: list[Path]) -> Entry:
        return Entry({}, len(frames))


def test_any_feature_is_read_by_recording(tiny_root: Path, tmp_path: Path) -> None:
    source = Source(DemoDataModule.dataset, tiny_root, tmp_path, LengthAlone())
    source.extract(Serial())
    assert [source.read(r).frames for r in source.recordings()] == [150] * 4
    other = Source(DemoDataModule.dataset, tiny_root, tmp_path / "x", LengthAlone())
    other.select([("spNO.1", "b")])
    other.extract(Serial())
    assert [(r.subject, r.video) for r in other.recordings()] == [("spNO.1", "b")]
    assert other.identity().items() <= source.identity().items()


def test_there_are_released_features_of_roi_flow_alone(tmp_path: Path) -> None:
    casme3_labels(tmp_path)
    feature = LengthAlone()
    with pytest.raises(ConfigError, match="the authors released no length"):
        Source(CASME3DataModule.dataset, tmp_path, tmp_path, feature, features="released")
    source = Source(CASME3DataModule.dataset, tmp_path, tmp_path, feature)
    with pytest.raises(ConfigError, match="the authors released no length"):
        source.import_release(tmp_path)


def test_a_class_of_ones_own_is_imported(tmp_path: Path) -> None:
    path = "tests.support.fourth.FourthDataModule"
    drawn = samples(k=50, detector=DETECTOR)
    source = source_of(
        {"class_path": path, "init_args": settings(tmp_path, tmp_path, samples=drawn)}
    )
    assert isinstance(source.dataset, Fourth)
    assert source.spec == FourthDataModule(tmp_path, tmp_path, flow_windows(50)).source.spec


@pytest.mark.parametrize(
    ("path", "more", "expected"),
    [
        (
            "nowhere.Module",
            {},
            r"expected the path of a class.*, got nowhere\.Module",
        ),
        ("metst.features.source.Source", {}, "expected a class with a DataSet"),
        (DEMO, {"samples": 5}, "expected the arguments of a data module"),
        (DEMO, {"samples": samples(k=51)}, None),
        (DEMO, {"emotions": 5}, "emotions: demo has no scheme of 5 classes"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path, path: str, more: dict[str, Any], expected: str | None
) -> None:
    given = {"class_path": path, "init_args": settings(tmp_path, tmp_path) | more}
    if expected is None:
        assert source_of(given).feature.spec.label == "k51"
        return
    with pytest.raises(ConfigError, match=expected) as caught:
        source_of(given)
    assert "\n" not in str(caught.value)


def test_missing_arguments_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected root, cache and samples.* no cache"):
        source_of({"class_path": DEMO, "init_args": {"root": str(tmp_path)}})


def test_our_own_data_sets_need_neither_torch_nor_lightning(tmp_path: Path) -> None:
    arguments = settings(tmp_path, tmp_path)
    code = (
        "import sys\nimport metst.cli.check\nfrom metst.features.settings import source_of\n"
        f"source_of({{'class_path': {DEMO!r}, 'init_args': {arguments!r}}}).spec\n"
        "print(sorted({'torch', 'lightning'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
