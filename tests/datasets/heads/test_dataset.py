"""Rendered heads as a data set: names, annotations, conditions, action units, the check."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from metst.base.errors import DataError
from metst.base.files import read_text
from metst.datasets.check.lint import check
from metst.datasets.conditions import Activity
from metst.datasets.heads.dataset import NAMED, rendered
from metst.datasets.heads.options import HeadsOptions
from metst.datasets.heads.records import action_unit
from metst.datasets.heads.script import write_plans, write_script
from metst.datasets.heads.units import UNITS
from metst.datasets.registry import dataset
from tests.support.heads import TINY

TINY_200 = replace(TINY, layout="sammlv", minutes=0.25)


def suppressed(name: str) -> list[str]:
    experiment = yaml.safe_load(read_text(Path(f"experiments/{name}.yaml"), "experiment"))
    accepted: list[str] = experiment["data"]["init_args"]["suppress"]
    return accepted


def test_other_options_have_other_stores() -> None:
    names = [rendered(o).name for o in (*NAMED.values(), TINY, TINY_200, replace(TINY, seed=6))]
    assert names[:3] == ["heads", "heads-dev", "heads-200"]
    assert len(set(names)) == 6
    assert rendered(HeadsOptions()).name == "heads-dev"


def test_settings_choose_the_set() -> None:
    settings = {"heads": {"layout": "sammlv", "seed": 7, "knobs": {"noise": 3.0}}}
    known = dataset("heads").configured(settings)
    other = HeadsOptions(layout="sammlv", seed=7)
    assert known.name == rendered(replace(other, knobs=replace(other.knobs, noise=3.0))).name
    assert known.timebase.fps == 200


def test_annotations_are_those_of_the_scripts(tiny_heads: Path) -> None:
    annotations = rendered(TINY).annotations(tiny_heads)
    wanted = [e for p in write_plans(TINY) for e in write_script(TINY, p).expressions]

    def spans(kind: str) -> list[tuple[object, ...]]:
        return [(e.subject, e.video, e.onset, e.offset) for e in wanted if e.kind == kind]

    for kind in ("micro", "macro", "blink"):
        found = [(e.subject, e.video, e.onset, e.offset) for e in annotations.of_kind(kind)]
        assert found == spans(kind)
    micro = [e for e in wanted if e.kind == "micro"]
    assert [(e.label, e.apex) for e in annotations.of_kind("micro")] == [
        (e.label, e.apex) for e in micro
    ]
    assert all(e.emotion for e in annotations.of_kind("micro"))


def test_the_check_accepts_it(tiny_heads: Path) -> None:
    report = check(rendered(TINY), tiny_heads, images="decode", suppress=suppressed("heads"))
    assert report.findings == ()


@pytest.mark.slow
def test_the_layout_of_sammlv(tmp_path: Path) -> None:
    data, root = rendered(TINY_200), tmp_path / "set"
    data.prepare(root)
    plan = write_plans(TINY_200)[0]
    frames = data.frames(root, plan.subject, plan.video)
    assert len(frames) == -(-plan.frames // 7)
    assert frames[1].name == f"{plan.video}_00008.jpg"
    report = check(data, root, images="decode", suppress=suppressed("heads-200"))
    assert report.findings == ()
    annotations = data.annotations(root)
    wanted = [e for p in write_plans(TINY_200) for e in write_script(TINY_200, p).expressions]
    assert {e.emotion for e in annotations.of_kind("micro")} <= set(data.emotions().classes)
    for kind in ("micro", "macro"):
        found = [(e.video, e.onset, e.offset) for e in annotations.of_kind(kind)]
        assert found == [(e.video, e.onset, e.offset) for e in wanted if e.kind == kind]


def test_conditions_are_those_of_the_scripts(tiny_heads: Path) -> None:
    found = rendered(TINY).conditions(tiny_heads)
    for plan in write_plans(TINY):
        script, conditions = write_script(TINY, plan), found[plan.subject, plan.video]
        assert conditions.groups == script.groups
        assert conditions.activities == script.activities
        assert all(isinstance(activity, Activity) for activity in conditions.activities)


def test_action_units_are_the_strongest_of_their_units(tiny_heads: Path) -> None:
    plan = max(write_plans(TINY), key=lambda plan: len(plan.micro))
    script = write_script(TINY, plan)
    curves = rendered(TINY).action_units(tiny_heads, plan.subject, plan.video)
    column = {name: script.units[:, i] for i, name in enumerate(UNITS)}
    np.testing.assert_array_equal(curves["AU 12 left"], column["mouthSmileLeft"])
    np.testing.assert_array_equal(curves["AU 1"], column["browInnerUp"])
    both = np.maximum(column["mouthRollLower"], column["mouthRollUpper"])
    np.testing.assert_array_equal(curves["AU 28"], both)
    assert max(curve.max() for curve in curves.values()) > 0


def test_every_unit_has_a_side_or_none() -> None:
    assert action_unit("mouthSmileRight") == (12, "right")
    assert action_unit("jawLeft") == (None, "")  # the jaw moves to the left: no side of the face
    assert action_unit("browInnerUp") == (1, "")


def test_damaged_truth_is_reported_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "spNO.1_a.npz").write_bytes(b"half")
    (tmp_path / "truth" / "videos.json").write_text(json.dumps([{"subject": "spNO.1"}]))
    with pytest.raises(DataError, match="make the set again"):
        rendered(TINY).action_units(tmp_path, "spNO.1", "a")
    with pytest.raises(DataError, match="make the set again"):
        rendered(TINY).conditions(tmp_path)


def test_a_set_is_made_when_it_is_missing(
    tiny_heads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Path] = []

    def note(root: Path, *_: object) -> None:
        calls.append(root)

    monkeypatch.setattr("metst.datasets.heads.maker.generate", note)
    rendered(TINY).prepare(tiny_heads)
    assert calls == []
    rendered(TINY).prepare(tiny_heads.parent / "other")
    assert calls == [tiny_heads.parent / "other"]


def test_the_version_names_the_pixels(tiny_heads: Path, tmp_path: Path) -> None:
    made = json.loads((tiny_heads / "heads.json").read_text())["made"]
    assert rendered(TINY).version(tiny_heads).endswith(f"pixels {made['digest'][:12]}")
    with pytest.raises(DataError, match="make it: metst heads"):
        rendered(TINY).version(tmp_path)
