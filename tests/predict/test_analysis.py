"""A video analyzed is what its fold predicted, and a cut is no micro-expression."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from scipy.special import softmax

from metst.base.errors import ConfigError, DataError
from metst.datasets.labels import EMOTIONS, NEUTRAL
from metst.predict import analyze, export_model, load_model
from metst.predict.analysis import Analysis
from metst.predict.exported import FORMAT, _digest
from metst.predict.files import write_analysis
from metst.predict.following import moved, placed_faces
from metst.predict.model import About, Model
from metst.predict.overlay import write_overlay
from metst.systems.me_tst.network import METST
from metst.video import clip
from metst.video.clip import survey
from metst.video.decoding import decoded
from tests.support.videos import images, write_video

NUMBERS = ["onset", "apex", "offset", "score", *(f"p_{name}" for name in (*EMOTIONS, NEUTRAL))]


def folder_of(root: Path, subject: str, video: str) -> Path:
    return root / "data" / subject / video / "color"


def said_by_fold(run: Path, subject: str, video: str) -> pd.DataFrame:
    table = pd.read_csv(run / "folds" / subject / "predictions.csv")
    own = table.variant == "strict/spotting_first"
    return table[own & (table.video == video)].reset_index(drop=True)


@pytest.fixture(scope="module")
def analysis(tiny_root: Path, tiny_runs: Path) -> Analysis:
    video = folder_of(tiny_root, "spNO.1", "a")
    return analyze(video, tiny_runs / "demo", fold="spNO.1", floor=0)


def test_it_equals_the_predictions_of_the_fold(analysis: Analysis, tiny_runs: Path) -> None:
    expected = said_by_fold(tiny_runs / "demo", "spNO.1", "a")
    got = analysis.to_dataframe()
    assert len(got) == len(expected) > 0
    assert got["emotion"].tolist() == expected["emotion"].tolist()
    difference = (got[NUMBERS] - expected[NUMBERS]).abs().to_numpy().max()
    assert difference < 1e-5
    assert got["onset_seconds"].to_numpy() == pytest.approx((got["onset"] - 1) / 30)


def test_a_floor_takes_away_what_lies_below_it_and_nothing_else(
    analysis: Analysis, tiny_root: Path, tiny_runs: Path
) -> None:
    whole = analysis.to_dataframe()
    floor = float(whole["score"].median())
    video = folder_of(tiny_root, "spNO.1", "a")
    again = analyze(video, tiny_runs / "demo", fold="spNO.1", floor=floor)
    above = whole[whole["score"] >= floor].reset_index(drop=True)
    assert again.threshold == floor > analysis.threshold
    assert again.to_dataframe()[NUMBERS].equals(above[NUMBERS])
    assert 0 < len(above) < len(whole)


@pytest.mark.slow
def test_a_checkpoint_and_an_exported_file_say_the_same(
    analysis: Analysis, tiny_root: Path, tiny_runs: Path, tmp_path: Path
) -> None:
    video = folder_of(tiny_root, "spNO.1", "a")
    checkpoint = tiny_runs / "demo" / "folds" / "spNO.1" / "last.ckpt"
    file = tmp_path / "exported.safetensors"
    export_model(load_model(checkpoint), file, "own")
    for place in (checkpoint, file):
        again = analyze(video, place, floor=0)
        assert np.array_equal(again.score, analysis.score)
        assert again.to_dataframe()[NUMBERS].equals(analysis.to_dataframe()[NUMBERS])
    assert load_model(file).about.name == "own"


@pytest.mark.slow
def test_an_ensemble_is_the_mean_of_its_folds(tiny_root: Path, tiny_runs: Path) -> None:
    video = folder_of(tiny_root, "spNO.2", "b")
    run = tiny_runs / "demo"
    single = [analyze(video, run, fold=name) for name in ("spNO.1", "spNO.2")]
    both = analyze(video, run)
    assert both.score == pytest.approx(np.mean([a.score for a in single], axis=0))
    logits = np.mean([np.log(a.probabilities) for a in single], axis=0)
    assert both.probabilities == pytest.approx(softmax(logits, axis=1))


def test_a_cut_is_no_micro_expression(tiny_root: Path, tiny_runs: Path, tmp_path: Path) -> None:
    first = images(folder_of(tiny_root, "spNO.1", "a"))
    second = [p // 2 + 90 for p in images(folder_of(tiny_root, "spNO.2", "b"))[:120]]
    path = write_video(tmp_path / "two.mp4", [*first, *second])
    found = analyze(path, tiny_runs / "demo", floor=0)
    assert [shot.first for shot in found.shots] == [0, len(first)]
    assert any("1 cuts (frames 151)" in note for note in found.notes)
    assert found.intervals
    for x in found.intervals:
        assert not x.onset <= len(first) < x.offset


def moving(pictures: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Pictures on a wall, on the way to the right and down by 3 and 1 pixels per frame."""
    walls = [np.full((300, 460, 3), 90, np.uint8) for _ in pictures]
    for i, (wall, picture) in enumerate(zip(walls, pictures, strict=True)):
        height, width = picture.shape[:2]
        wall[20 + i : 20 + i + height, 10 + 3 * i : 10 + 3 * i + width] = picture
    return walls


def test_the_overlay_follows_the_head_and_ends_at_a_cut(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path
) -> None:
    faces = moving(images(folder_of(tiny_root, "spNO.1", "a"))[:70])
    path = write_video(tmp_path / "two.avi", [*faces, *[faces[0] * 0] * 60], codec="mjpeg")
    found = analyze(path, tiny_runs / "demo", fold="spNO.1")
    assert [shot.first for shot in found.shots] == [0, 70]
    placed = list(placed_faces(found))
    assert len(placed) == 130
    assert not any(placed[70:])  # nothing across the cut
    centers = []
    for x in placed[:70]:
        assert x is not None
        box = x.face.box
        middle = np.array([[(box.left + box.right) / 2, (box.top + box.bottom) / 2]])
        centers.append(moved(middle, x.move)[0])
    away = np.array(centers) - centers[0] - np.arange(70)[:, None] * [3, 1]
    assert np.abs(away).max() < 8  # the box of a window's beginning would be off by 75
    write_overlay(found, tmp_path / "overlay.mp4")
    pictures = [picture for _, picture in decoded(tmp_path / "overlay.mp4")]
    assert len(pictures) == 130
    assert pictures[30][:300].max() > 240  # the white box of the face
    assert max(picture[:300].max() for picture in pictures[70:]) < 120


def test_the_overlay_keeps_the_times_of_the_video(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path
) -> None:
    pictures = images(folder_of(tiny_root, "spNO.1", "a"))[:45]
    ticks = np.cumsum([0, *[2] * 22, *[1] * 22]).tolist()  # from 15 to 30 frames/s
    path = write_video(tmp_path / "varies.mp4", pictures, codec="libx264", ticks=ticks)
    write_overlay(analyze(path, tiny_runs / "demo", fold="spNO.1"), tmp_path / "overlay.mp4")
    copy = survey(tmp_path / "overlay.mp4")
    assert copy.seconds == pytest.approx(np.array(ticks) / 30, abs=1e-3)


def test_what_was_not_analyzed_is_blank(tiny_root: Path, tiny_runs: Path, tmp_path: Path) -> None:
    faces = images(folder_of(tiny_root, "spNO.1", "a"))[:60]
    few = [picture // 2 + 90 for picture in images(folder_of(tiny_root, "spNO.2", "b"))[:20]]
    path = write_video(tmp_path / "two.avi", [*faces, *few], codec="mjpeg")
    found = analyze(path, tiny_runs / "demo", fold="spNO.1")
    assert found.analyzed.tolist() == [True] * 60 + [False] * 20
    score, classes, lanes = found.plot().axes[:3]
    curves = [np.asarray(line.get_ydata()) for line in (*score.lines[:2], *classes.lines[:5])]
    assert all(np.isnan(curve).tolist() == [False] * 60 + [True] * 20 for curve in curves)
    assert [text.get_text() for text in score.texts] == ["not analyzed"]
    assert [label.get_text() for label in lanes.get_yticklabels()] == ["predicted"]
    write_analysis(found, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert written["curves"]["analyzed"] == found.analyzed.tolist()


def test_a_face_that_leaves_is_not_sought_all_over(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    face = images(folder_of(tiny_root, "spNO.1", "a"))[:60]
    fading = [cv2.addWeighted(face[-1], 1 - i / 40, face[-1] * 0, i / 40, 0) for i in range(40)]
    path = write_video(tmp_path / "gone.avi", [*face, *fading, *[face[0] * 0] * 200], codec="mjpeg")
    opened = []
    real = clip.decoded
    monkeypatch.setattr(clip, "decoded", lambda p, record: opened.append(p) or real(p, record))
    found = analyze(path, tiny_runs / "demo", fold="spNO.1")
    assert any("no face" in note for note in found.notes)
    assert len(opened) <= 3  # survey, and one or two readings


def test_without_a_face_nothing_is_spotted(tiny_runs: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 64, 64, 3)).astype(np.uint8)
    found = analyze(write_video(tmp_path / "noise.mp4", noise), tiny_runs / "demo")
    assert found.intervals == ()
    assert any("no face" in note for note in found.notes)


def test_a_video_shorter_than_a_window(tiny_runs: Path, tiny_root: Path, tmp_path: Path) -> None:
    few = images(folder_of(tiny_root, "spNO.1", "a"))[:20]
    found = analyze(write_video(tmp_path / "short.mp4", few), tiny_runs / "demo")
    assert found.intervals == ()
    assert any("shorter than 50 frames" in note for note in found.notes)
    write_analysis(found, tmp_path / "out")
    assert len(pd.read_csv(tmp_path / "out" / "intervals.csv")) == 0


def test_another_rate_is_resampled_and_told(
    tiny_root: Path, tiny_runs: Path, tmp_path: Path
) -> None:
    twice = [p for p in images(folder_of(tiny_root, "spNO.1", "a")) for _ in range(2)]
    path = write_video(tmp_path / "fast.avi", twice, fps=60, codec="mjpeg")
    found = analyze(path, tiny_runs / "demo", fold="spNO.1")
    assert len(found.score) == len(twice) // 2
    assert found.frames[:4].tolist() == [1, 3, 5, 7]
    assert any("60 frames/s, the networks learned 30" in note for note in found.notes)
    assert found.seconds[-1] == pytest.approx((len(twice) - 2) / 60, abs=1e-3)


def test_everything_is_written_and_agrees(analysis: Analysis, tmp_path: Path) -> None:
    write_analysis(analysis, tmp_path)
    reported = json.loads((tmp_path / "analysis.json").read_text())
    table = pd.read_csv(tmp_path / "intervals.csv")
    assert [x["apex"] for x in reported["intervals"]] == table["apex"].tolist()
    assert len(reported["curves"]["score"]) == len(analysis.score) == 150
    assert set(table["model"]) == {analysis.about.name}
    assert (tmp_path / "timeline.png").read_bytes().startswith(b"\x89PNG")
    write_overlay(analysis, tmp_path / "overlay.mp4")
    copy = survey(tmp_path / "overlay.mp4")
    assert len(copy.seconds) == 150
    assert copy.rate == pytest.approx(30, rel=1e-3)


def test_the_shipped_demonstration_is_small_and_named() -> None:
    model = load_model()
    assert "not for research" in model.about.name
    assert sum(p.numel() for p in model.networks[0].parameters()) * 4 < 200_000
    assert (model.about.fps, model.about.k) == (30.0, 50)


@pytest.mark.parametrize(
    ("place", "fold", "error", "printed"),
    [
        ("nothing", None, DataError, "found nothing"),
        ("demo", "spNO.9", DataError, "one of spNO.1, spNO.2"),
        ("demo/config.yaml", None, DataError, "metst export"),
        ("demo/config.yaml", "spNO.1", ConfigError, "expected a run folder"),
        ("demo/folds", None, DataError, "config.yaml"),
        ("nothing.ckpt", None, DataError, "found nothing"),
    ],
)
def test_what_holds_no_network_is_refused(
    tiny_runs: Path, place: str, fold: str | None, error: type[Exception], printed: str
) -> None:
    with pytest.raises(error, match=printed):
        load_model(tiny_runs / place, fold)


def test_a_run_cannot_be_exported_as_a_whole(tiny_runs: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="choose one with --fold"):
        export_model(load_model(tiny_runs / "demo"), tmp_path / "x.safetensors", "x")


@pytest.mark.slow
def test_the_package_offers_it_without_importing_torch() -> None:
    code = "import sys, metst; assert 'torch' not in sys.modules; print(metst.analyze.__module__)"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "metst.predict.analyzing"


def test_a_file_with_another_rule_is_refused(tmp_path: Path) -> None:
    network = METST(width=4, depth=1, state=2)
    about = About("x", 30.0, 50, 6, rule="bogus")  # type: ignore[arg-type]
    export_model(Model(about, (network,)), tmp_path / "x.safetensors", "x")
    with pytest.raises(DataError, match="found other facts in it"):
        load_model(tmp_path / "x.safetensors")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({}, "metst export"),
        ({"network": {"widht": 8}}, "no network can be built"),
        ({"network": {"width": 8, "depth": 1}}, "do not fit"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, facts: dict, message: str) -> None:
    path, weights = tmp_path / "x.safetensors", {"a": torch.zeros(1)}
    facts = {**facts, "format": FORMAT}
    noted = json.dumps({**facts, "digest": _digest(facts, weights)})
    path.write_bytes(save(weights, metadata={"metst": noted}))
    with pytest.raises(DataError, match=message):
        load_model(path)
