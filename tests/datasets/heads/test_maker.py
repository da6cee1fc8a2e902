"""Rendered heads on disk: whole, the same bytes however they were made, and never in the way."""

import hashlib
import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst import __version__
from metst.base.errors import DataError
from metst.datasets.generated.filming import as_jpeg
from metst.datasets.heads.camera import recorded
from metst.datasets.heads.folder import RECIPE, is_complete
from metst.datasets.heads.maker import generate
from metst.datasets.heads.records import read_truth
from metst.datasets.heads.render.film import frames
from metst.datasets.heads.script import write_plans, write_script
from metst.datasets.heads.units import UNITS
from tests.support.heads import TINY, contents


def test_everything_is_there(tiny_heads: Path) -> None:
    names = {path.name for path in tiny_heads.iterdir()}
    tables = {"casme3_label.xlsx", "casme3_full_label.xlsx"}
    assert names == {"data", "truth", "clips", "heads.json", "contact_sheet.png", *tables}
    plans = write_plans(TINY)
    for plan in plans:
        folder = tiny_heads / "data" / plan.subject / plan.video / "color"
        wanted = {f"{number}.jpg" for number in range(1, plan.frames + 1)}
        assert {path.name for path in folder.iterdir()} == wanted
    truths = {f"{plan.subject}_{plan.video}.npz" for plan in plans}
    assert {path.name for path in (tiny_heads / "truth").iterdir()} == {"videos.json", *truths}
    clips = {f"{plan.subject}.mp4" for plan in plans}
    assert {path.name for path in (tiny_heads / "clips").iterdir()} == clips
    sheet = cv2.imread(str(tiny_heads / "contact_sheet.png"))
    assert sheet is not None and sheet.std() > 10


def test_the_claim_names_options_counts_and_digest(tiny_heads: Path) -> None:
    claim = json.loads((tiny_heads / "heads.json").read_text())
    made = claim.pop("made")
    assert claim == {"recipe": RECIPE, **asdict(TINY)}
    plans = write_plans(TINY)
    assert made["version"] == __version__
    assert (made["subjects"], made["videos"]) == (2, len(plans))
    assert made["frames"] == sum(plan.frames for plan in plans)
    assert made["expressions"]["micro"] == 2
    lines = "".join(
        f"{p.subject}/{p.video} {read_truth(tiny_heads, p.subject, p.video, 'digest')['digest']}\n"
        for p in plans
    )
    assert made["digest"] == hashlib.sha256(lines.encode()).hexdigest()


def test_images_truth_and_digest_belong_together(tiny_heads: Path) -> None:
    plan = min(write_plans(TINY), key=lambda plan: plan.frames)
    script = write_script(TINY, plan)
    pixels = list(recorded(TINY, script, frames(TINY, script)))
    truth = read_truth(
        *(tiny_heads, plan.subject, plan.video),
        *("names", "units", "gaze", "pose", "light", "landmarks", "visible", "digest"),
    )
    digest = hashlib.sha256(b"".join(frame.tobytes() for frame in pixels)).hexdigest()
    assert truth["digest"] == digest
    assert tuple(truth["names"]) == UNITS
    np.testing.assert_array_equal(truth["units"], script.units)
    np.testing.assert_array_equal(truth["pose"], script.pose)
    assert truth["landmarks"].shape == (plan.frames, 68, 2)
    assert truth["visible"].shape == (plan.frames, 68)
    folder = tiny_heads / "data" / plan.subject / plan.video / "color"
    for number in (1, plan.frames):
        stored = (folder / f"{number}.jpg").read_bytes()
        assert stored == as_jpeg(pixels[number - 1], script.camera.jpeg)


@pytest.mark.slow
def test_two_workers_make_the_same_bytes(tiny_heads: Path, tmp_path: Path) -> None:
    generate(tmp_path, TINY, workers=2)
    assert contents(tmp_path) == contents(tiny_heads)


@pytest.mark.slow
def test_what_is_missing_is_made_again(tiny_heads: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(tiny_heads, tmp_path / "set"))
    kept, lost, blind, *_ = write_plans(TINY)
    image = root / "data" / kept.subject / kept.video / "color" / "1.jpg"
    time = image.stat().st_mtime_ns
    (root / ".unfinished").mkdir()
    folder = root / "data" / lost.subject / lost.video
    folder.rename(root / ".unfinished" / f"{lost.subject}.{lost.video}")  # killed in the middle
    (root / "truth" / f"{blind.subject}_{blind.video}.npz").unlink()
    (root / "casme3_label.xlsx").unlink()
    assert not is_complete(root, TINY)
    generate(root, TINY, workers=1)
    assert is_complete(root, TINY)
    assert contents(root) == contents(tiny_heads)
    assert image.stat().st_mtime_ns == time


def test_a_complete_set_is_left_alone(tiny_heads: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tiny_heads.rglob("*")}
    generate(tiny_heads, TINY, workers=1)
    assert {path: path.stat().st_mtime_ns for path in tiny_heads.rglob("*")} == before
    assert is_complete(tiny_heads, TINY)


def test_other_options_are_refused_and_nothing_is_touched(tiny_heads: Path) -> None:
    other = replace(TINY, seed=6, knobs=replace(TINY.knobs, noise=3.0))
    before = contents(tiny_heads)
    refusal = (
        r"seed 5, knobs.noise 1.5; asked for seed 6, knobs.noise 3.0.*metst heads: --overwrite"
    )
    with pytest.raises(DataError, match=refusal):
        generate(tiny_heads, other, workers=1)
    assert not is_complete(tiny_heads, other)
    assert contents(tiny_heads) == before


def test_a_folder_of_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    own = tmp_path / "thesis.txt"
    own.write_text("years of work")
    with pytest.raises(DataError, match="set of rendered heads, but it holds something else"):
        generate(tmp_path, TINY, workers=1, overwrite=True)
    assert list(tmp_path.iterdir()) == [own]
