"""The demo data set: what was asked for is there, labeled truly, and nothing is ever broken."""

import errno
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from metst.base.errors import ConfigError, DataError
from metst.datasets.demo.actions import ACTIONS, EMOTION_UNITS, unit_field
from metst.datasets.demo.maker import generate, is_complete
from metst.datasets.demo.options import DemoOptions
from metst.datasets.demo.portrait import identity, photograph
from metst.datasets.demo.script import Event, write_scripts
from tests.support.dlib import dlib_detector

TINY = DemoOptions(subjects=2, videos=1, frames=60, size=160)
SHARED = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class"]


def frames_of(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*.jpg")}


def read(path: Path) -> NDArray[np.float64]:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture.astype(np.float64)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("demo")
    generate(root, TINY, workers=1)
    return root


def test_layout_is_that_of_casme3(demo: Path) -> None:
    for subject in ("spNO.1", "spNO.2"):
        names = {p.name for p in (demo / "data" / subject / "a" / "color").iterdir()}
        assert names == {f"{number}.jpg" for number in range(1, 61)}
    assert read(demo / "data" / "spNO.1" / "a" / "color" / "60.jpg").shape == (160, 160)
    assert {p.name for p in demo.iterdir()} == {
        "data",
        "demo.json",
        "casme3_label.xlsx",
        "casme3_full_label.xlsx",
        "contact_sheet.png",
    }


def test_tables_have_the_columns_of_casme3(demo: Path) -> None:
    micro = pd.read_excel(demo / "casme3_label.xlsx", sheet_name=None)
    assert list(micro) == ["label"]
    assert list(micro["label"].columns) == [*SHARED, "emotion"]
    full = pd.read_excel(demo / "casme3_full_label.xlsx", sheet_name=None)
    assert list(full["AU+Emotion"].columns) == [*SHARED, "Expression type"]
    assert list(full["eye blink"].columns) == ["Subject", "Filename", "Onset", "Offset"]
    kinds = full["AU+Emotion"]["Expression type"]
    assert (kinds == "Micro-expression").sum() == len(micro["label"]) == 2


def test_contact_sheet_is_a_picture(demo: Path) -> None:
    picture = cv2.imread(str(demo / "contact_sheet.png"))
    assert picture is not None
    assert picture.std() > 10


@pytest.mark.slow
def test_two_workers_write_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    generate(tmp_path, TINY, workers=2)
    assert frames_of(tmp_path) == frames_of(demo)


def test_another_seed_gives_other_people(demo: Path, tmp_path: Path) -> None:
    generate(tmp_path, DemoOptions(subjects=2, videos=1, frames=60, size=160, seed=7), workers=1)
    ours, theirs = frames_of(demo), frames_of(tmp_path)
    assert ours.keys() == theirs.keys()
    assert all(ours[name] != theirs[name] for name in ours)


@pytest.mark.slow
def test_an_interrupted_generation_is_completed(demo: Path, tmp_path: Path) -> None:
    generate(tmp_path, TINY, workers=1)
    kept = tmp_path / "data" / "spNO.1" / "a" / "color" / "1.jpg"
    time = kept.stat().st_mtime_ns
    second = tmp_path / "data" / "spNO.2" / "a"
    (tmp_path / ".unfinished").mkdir()
    second.rename(tmp_path / ".unfinished" / "spNO.2.a")  # as if killed in the middle of it
    (tmp_path / ".unfinished" / "spNO.2.a" / "color" / "7.jpg").write_bytes(b"half")
    (tmp_path / "casme3_label.xlsx").unlink()
    assert not is_complete(tmp_path, TINY)
    generate(tmp_path, TINY, workers=1)
    assert is_complete(tmp_path, TINY)
    assert frames_of(tmp_path) == frames_of(demo)
    assert kept.stat().st_mtime_ns == time


def test_a_complete_demo_is_left_alone(demo: Path) -> None:
    def times() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in demo.rglob("*")}

    before = times()
    generate(demo, TINY, workers=1)
    assert times() == before


def test_a_folder_of_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    own = tmp_path / "data" / "thesis.txt"
    own.parent.mkdir()
    own.write_text("years of work")
    with pytest.raises(DataError, match="something else"):
        generate(tmp_path, TINY, workers=1, overwrite=True)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [own]


@pytest.mark.slow
def test_a_demo_of_other_options_is_refused_until_allowed(tmp_path: Path) -> None:
    generate(tmp_path, TINY, workers=1)
    other = DemoOptions(subjects=2, videos=1, frames=61, size=160)
    with pytest.raises(DataError, match=r"frames 60; asked for frames 61"):
        generate(tmp_path, other, workers=1)
    generate(tmp_path, other, workers=1, overwrite=True)
    assert is_complete(tmp_path, other)
    assert len(frames_of(tmp_path)) == 2 * 61


@pytest.mark.slow
def test_a_full_disk_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, _: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="disk is full"):
        generate(tmp_path, TINY, workers=1)
    monkeypatch.undo()
    generate(tmp_path, TINY, workers=1)
    assert is_complete(tmp_path, TINY)


@pytest.mark.slow
def test_micro_expressions_move_where_their_action_units_say(tmp_path: Path) -> None:
    """Apex against onset: more changes where the field is large than in a quiet pair of frames."""
    options = DemoOptions(subjects=2, videos=1, frames=120, size=200)
    generate(tmp_path, options, workers=1)
    photo = photograph()
    for script in write_scripts(options):
        landmarks = identity(photo, script.subject, options).landmarks
        folder = tmp_path / "data" / script.subject / script.video / "color"
        for event in (e for e in script.events if e.kind == "micro"):
            fields = [unit_field(unit, landmarks, options.size) for unit in event.units]
            moving = np.linalg.norm(np.sum(fields, axis=0), axis=2) > 0.5
            onset, apex, offset = (
                read(folder / f"{n}.jpg") for n in (event.onset, event.apex, event.offset)
            )
            moved, rested = np.abs(apex - onset)[moving], np.abs(offset - onset)[moving]
            assert moved.mean() > 1.2 * rested.mean()


def test_default_demo_is_balanced() -> None:
    scripts = write_scripts(DemoOptions())
    micro = [(s.subject, e) for s in scripts for e in s.events if e.kind == "micro"]
    assert len(micro) == 48
    negative = {"disgust", "anger", "fear", "sad"}
    for subject in {subject for subject, _ in micro}:
        classes = [
            "negative" if e.emotion in negative else e.emotion for s, e in micro if s == subject
        ]
        assert {name: classes.count(name) for name in set(classes)} == {
            "negative": 2,
            "happy": 2,
            "surprise": 2,
            "others": 2,
        }
    lengths = [e.offset - e.onset + 1 for _, e in micro]
    assert 13 <= np.mean(lengths) < 16  # k_p, half of it, is about 7
    assert all(1.0 <= e.amplitude <= 2.2 for _, e in micro)


@pytest.mark.parametrize("frames", [60, 75, 100, 196, 200, 333, 1000])
@pytest.mark.parametrize("videos", [1, 3])
def test_events_keep_apart_and_inside(frames: int, videos: int) -> None:
    for script in write_scripts(DemoOptions(frames=frames, videos=videos)):
        assert any(e.kind == "micro" for e in script.events)
        ends = [0]
        for event in script.events:
            assert ends[-1] < event.onset < event.apex < event.offset <= frames
            ends.append(event.offset)


def test_durations_are_fixed_in_seconds() -> None:
    for script in write_scripts(DemoOptions(frames=2000, fps=200)):
        lengths = [e.offset - e.onset + 1 for e in script.events if e.kind == "micro"]
        assert all(0.36 * 200 <= length <= 0.58 * 200 for length in lengths)


def test_difficulty_divides_only_the_micro_expressions() -> None:
    easy, hard = write_scripts(DemoOptions()), write_scripts(DemoOptions(difficulty=2.0))
    for before, after in zip(easy, hard, strict=True):
        for a, b in zip(before.events, after.events, strict=True):
            share = 2.0 if a.kind == "micro" else 1.0
            assert a.amplitude == pytest.approx(share * b.amplitude)


def test_envelope_rests_at_both_ends_and_peaks_at_the_apex() -> None:
    event = Event("micro", 10, 16, 25, "happy", (12,), 1.0)
    curve = [event.envelope(number) for number in range(1, 40)]
    assert curve[9] == curve[24] == 0.0
    assert curve[15] == 1.0
    assert not any(curve[:10]) and not any(curve[24:])
    assert np.all(np.diff(curve[9:16]) > 0) and np.all(np.diff(curve[15:25]) < 0)


@pytest.mark.parametrize("unit", sorted(ACTIONS))
def test_fields_are_one_pixel_at_most_and_mirror_with_the_face(unit: int) -> None:
    photo = photograph()
    landmarks = photo.landmarks - [128, 40]
    field = unit_field(unit, landmarks, 200)
    assert np.linalg.norm(field, axis=2).max() == pytest.approx(1.0, abs=1e-5)
    mirrored = landmarks.copy()
    mirrored[:, 0] = 199 - landmarks[:, 0]
    expected = field[:, ::-1] * [-1, 1]
    np.testing.assert_allclose(unit_field(unit, mirrored, 200), expected, atol=1e-5)


def test_brows_rise_in_surprise_and_sink_in_anger() -> None:
    landmarks = photograph().landmarks
    x, y = landmarks[20]
    assert sum(unit_field(u, landmarks, 300)[y, x, 1] for u in EMOTION_UNITS["surprise"]) < -0.3
    assert sum(unit_field(u, landmarks, 300)[y, x, 1] for u in EMOTION_UNITS["anger"]) > 0.3


def test_landmarks_of_an_identity_are_where_dlib_finds_them() -> None:
    photo, options, detector = photograph(), DemoOptions(), dlib_detector()
    for subject in options.subject_names:
        face = identity(photo, subject, options)
        found = detector.detect(cv2.cvtColor(face.picture, cv2.COLOR_BGR2GRAY).astype(np.uint8))
        assert found is not None
        inner = [*range(17, 68)]  # without the jaw, whose points slide along the cheek
        mirrored = face.landmarks[36, 0] > face.landmarks[45, 0]
        ours = face.landmarks[inner].mean(axis=0), np.ptp(face.landmarks[inner], axis=0)
        theirs = found[inner].mean(axis=0), np.ptp(found[inner], axis=0)
        assert np.abs(ours[0] - theirs[0]).max() < 5, (subject, mirrored)
        assert np.abs(ours[1] - theirs[1]).max() < 12, (subject, mirrored)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("subjects", 1),
        ("videos", 27),
        ("frames", 59),
        ("size", 100),
        ("fps", 5.0),
        ("difficulty", 0.0),
        ("seed", -1),
    ],
)
def test_options_out_of_range_are_refused(option: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"demo option {option}"):
        DemoOptions(**{option: value})  # type: ignore[arg-type]
