"""The authors' released features: what is read, what is refused, what reaches the store."""

import logging
import os
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metst.base.errors import ReleaseError
from metst.datasets.labels import Expression, Recording, Timebase
from metst.features.released import import_features, read_features, released_spec
from metst.features.store import FeatureStore
from metst.features.windows import window_starts

K = 6
Video = list[NDArray[Any]]


def video(seed: int, windows: int, kind: str = "f4") -> Video:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(10, K)).astype(kind) for _ in range(windows)]


def recording(name: str, onset: int = 2) -> Recording:
    me = Expression("spNO.1", name, onset, None, onset + 3, emotion="others", label="others")
    return Recording("spNO.1", name, 0, Timebase(30.0), (me,))


def save(path: Path, videos: object, protocol: int = 4) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(videos, protocol=protocol))
    return path


def equal(found: Sequence[NDArray[np.float32]], expected: Sequence[Video]) -> bool:
    pairs = zip(found, expected, strict=True)
    return all(np.array_equal(f, np.array(e, np.float32)) for f, e in pairs)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", ["<f4", ">f8", "f2"])
def test_every_pickle_protocol_is_read(tmp_path: Path, protocol: int, kind: str) -> None:
    videos = [video(1, 3, kind), video(2, 1, kind), [np.asfortranarray(w) for w in video(3, 2)]]
    assert equal(read_features(save(tmp_path / "a.pkl", videos, protocol), K), videos)


def test_pickles_of_numpy_1_name_other_modules(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    videos = [video(1, 2)]
    data = pickle.dumps(videos, protocol=2)
    assert b"numpy._core.multiarray" in data
    path.write_bytes(data.replace(b"numpy._core.multiarray", b"numpy.core.multiarray"))
    assert equal(read_features(path, K), videos)


def test_lists_of_floats_and_whole_arrays_are_windows_too(tmp_path: Path) -> None:
    first, second = video(1, 3), video(2, 2)
    stored = [[window.tolist() for window in first], np.stack(second), []]
    found = read_features(save(tmp_path / "a.pkl", stored), K)
    assert equal(found[:2], [first, second])
    assert found[2].shape == (0, 10, K)


def test_parts_follow_in_natural_order(tmp_path: Path) -> None:
    videos = [video(seed, 1 + seed % 3) for seed in range(6)]
    for number, name in ((0, "part_1"), (2, "part_2"), (4, "part_10")):
        save(tmp_path / f"{name}.pkl", videos[number : number + 2])
    (tmp_path / "notes.txt").write_text("not a part")
    assert equal(read_features(tmp_path, K), videos)


class Command:
    """What a malicious pickle carries: a call."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("function", [os.system, os.mkdir, eval, getattr, pickle.loads, np.load])
def test_a_malicious_pickle_is_refused(
    tmp_path: Path,
    function: Callable[..., object],
    protocol: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = save(tmp_path / "a.pkl", [video(1, 1), [Command(function, "mkdir owned")]], protocol)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ReleaseError, match=r"asks for .* not admitted"):
        read_features(path, K)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "array", [np.array([print, 1], object), np.array(["a"]), np.arange(3), np.zeros(2, "M8[s]")]
)
def test_other_arrays_than_floats_are_refused(tmp_path: Path, array: NDArray[Any]) -> None:
    with pytest.raises(ReleaseError, match=r"not admitted|only of floats"):
        read_features(save(tmp_path / "a.pkl", [[array]]), K)


@settings(max_examples=300, deadline=None)
@given(cut=st.integers(0, 4), place=st.integers(0, 1200), byte=st.integers(0, 255))
def test_damage_is_told_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, cut: int, place: int, byte: int
) -> None:
    data = bytearray(pickle.dumps([video(1, 2)], protocol=4))
    data[place % len(data)] = byte
    path = tmp_path_factory.mktemp("damage") / "a.pkl"
    path.write_bytes(bytes(data[: len(data) - cut]))
    try:
        found = read_features(path, K)
    except ReleaseError as error:
        assert str(path) in str(error)
    else:
        assert all(windows.shape[1:] == (10, K) for windows in found)


@pytest.mark.parametrize(
    ("stored", "reported"),
    [
        ({"a": 1}, "list with an entry per video, found dict"),
        ([[np.zeros((10, K + 2))]], "video 1: expected windows of shape .*found"),
        ([[np.zeros((10, K))], [np.zeros((10, K)), np.zeros((9, K))]], "video 2: expected windows"),
        ([[np.full((10, K), np.nan)]], "finite"),
        ([["text"]], "video 1: expected windows"),
        ([3.0], "video 1: expected windows"),
        ([[{"a": 1}]], "video 1: expected windows"),
    ],
)
def test_other_contents_are_told(tmp_path: Path, stored: object, reported: str) -> None:
    with pytest.raises(ReleaseError, match=reported):
        read_features(save(tmp_path / "a.pkl", stored), K)


def test_no_files_are_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ReleaseError, match="expected a folder with the released features"):
            read_features(folder, K)


def test_the_cache_holds_videos_as_long_as_their_windows(tmp_path: Path) -> None:
    videos = [video(1, 3), video(2, 1), video(3, 0)]
    path = save(tmp_path / "release" / "a.pkl", videos)
    store = FeatureStore(tmp_path / "store")
    recordings = [recording(name) for name in "abc"]
    assert import_features(path, recordings, K, store) == 3
    for stored, name in zip(videos, "abc", strict=True):
        entry = store.read(released_spec(K), "spNO.1", name)
        assert entry.frames == store.frames(released_spec(K), "spNO.1", name)
        assert entry.frames == (len(stored) + 1) * K // 2
        # The shortest video with so many windows: the window count of one frame less differs.
        assert len(window_starts(entry.frames, K, tail=True)) == len(stored)
        assert not stored or len(window_starts(entry.frames - 1, K, tail=False)) < len(stored)
        np.testing.assert_array_equal(entry.arrays["windows"], np.reshape(stored, (-1, 10, K)))


def test_another_number_of_videos_changes_nothing(tmp_path: Path) -> None:
    path = save(tmp_path / "release" / "a.pkl", [video(1, 3)])
    store = FeatureStore(tmp_path / "store")
    with pytest.raises(ReleaseError, match=r"of 2 videos.*found 1") as reported:
        import_features(path, [recording("a"), recording("b")], K, store)
    assert "--without" not in str(reported.value)
    with pytest.raises(ReleaseError, match=r"spNO\.1/j differ only in case.*--without"):
        import_features(path, [recording("J"), recording("j")], K, store)
    assert not store.folder.exists()


def test_videos_out_of_order_stand_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = save(tmp_path / "a.pkl", [video(1, 1), video(2, 9)])
    store = FeatureStore(tmp_path / "store")
    late = [recording("a"), recording("b", onset=25)]
    with caplog.at_level(logging.WARNING):
        import_features(path, late, K, store)
        assert not caplog.text
        import_features(path, late[::-1], K, store)
    assert "1 videos end before a micro-expression begins" in caplog.text
    assert "spNO.1/b" in caplog.text
