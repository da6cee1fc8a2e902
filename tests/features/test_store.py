"""The store gives back what was put in, and nothing else."""

import os
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from metst.base.errors import CacheError
from metst.features.store import Entry, FeatureSpec, FeatureStore, fingerprint

PARAMETERS = {"k": 6, "opencv": "5.0.0", "rois": {"share": 0.3}}
SPEC = FeatureSpec("roi_flow", 1, PARAMETERS, label="k6")


def entry(seed: int = 0, windows: int = 3) -> Entry:
    rng = np.random.default_rng(seed)
    arrays = {
        "windows": rng.normal(size=(windows, 10, 6)).astype(np.float32),
        "starts": np.arange(windows) * 3,
        "boxes": rng.integers(0, 99, (windows, 4)),
    }
    return Entry(
        arrays,
        frames=3 * windows + 4,
        findings=(("bad-image", "7.jpg: broken"),),
    )


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    return FeatureStore(tmp_path / "store")


def assert_equal(a: Entry, b: Entry) -> None:
    assert a.arrays.keys() == b.arrays.keys()
    for name, array in a.arrays.items():
        np.testing.assert_array_equal(array, b.arrays[name])
        assert array.dtype == b.arrays[name].dtype
    assert (a.frames, a.findings) == (b.frames, b.findings)


@pytest.mark.parametrize("windows", [0, 1, 3])
def test_round_trip(store: FeatureStore, windows: int) -> None:
    stored = entry(windows=windows)
    store.write(SPEC, "spNO.1", "a", stored, "id")
    back = store.read(SPEC, "spNO.1", "a", "id")
    assert_equal(back, stored)
    assert store.explain(SPEC, "spNO.1", "a", "id") is None
    assert_equal(store.read(SPEC, "spNO.1", "a"), stored)  # whatever its frames were


def test_equal_features_are_equal_bytes(store: FeatureStore) -> None:
    written = set()
    for _ in range(5):
        store.write(SPEC, "s", "v", entry(), "id")
        written.add(store.path(SPEC, "s", "v").read_bytes())
    assert len(written) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, name="other"),
        replace(SPEC, parameters=PARAMETERS | {"k": 8}),
        replace(SPEC, version=2),
        replace(SPEC, parameters=PARAMETERS | {"opencv": "5.0.1"}),
        replace(SPEC, parameters=PARAMETERS | {"rois": {"share": 0.2}}),
        replace(SPEC, parameters={}),
    ],
)
def test_other_settings_are_another_entry(store: FeatureStore, other: FeatureSpec) -> None:
    store.write(SPEC, "s", "v", entry(), "id")
    assert other.key != SPEC.key
    with pytest.raises(CacheError, match="no such features yet"):
        store.read(other, "s", "v", "id")
    store.write(other, "s", "v", entry(1), "id")
    assert_equal(store.read(SPEC, "s", "v", "id"), entry())


def test_the_label_makes_the_folder_readable_and_changes_nothing() -> None:
    other = replace(SPEC, label="")
    assert SPEC.key == other.key.replace("roi_flow-", "roi_flow-k6-")
    assert other == SPEC


def test_the_identity_is_that_of_the_numbers(store: FeatureStore) -> None:
    found = set()
    for frames_id, findings in (("id", ()), ("another", (("bad-image", "7.jpg: broken"),))):
        store.write(SPEC, "s", "v", replace(entry(), findings=findings), frames_id)
        found.add(store.checksum(SPEC, "s", "v"))
    assert len(found) == 1
    store.write(SPEC, "s", "v", replace(entry(), frames=99), "id")
    found.add(store.checksum(SPEC, "s", "v"))
    store.write(SPEC, "s", "v", entry(1), "id")
    found.add(store.checksum(SPEC, "s", "v"))
    assert len(found) == 3


def test_the_order_of_parameters_does_not_matter() -> None:
    turned = replace(SPEC, parameters=dict(reversed(SPEC.parameters.items())))
    assert turned.key == SPEC.key


def test_explain_names_the_setting_that_differs(store: FeatureStore) -> None:
    store.write(SPEC, "s", "v", entry(), "id")
    newer = replace(SPEC, parameters=PARAMETERS | {"opencv": "5.1.0"})
    reason = store.explain(newer, "s", "v", "id")
    assert reason is not None
    assert "parameters.opencv (5.0.0 there, 5.1.0 wanted)" in reason
    assert "share" not in reason
    assert "none of this video" in str(store.explain(newer, "s", "w", "id"))


def test_explain_names_changed_frames(store: FeatureStore) -> None:
    store.write(SPEC, "s", "v", entry(), "id")
    assert "frames have changed" in str(store.explain(SPEC, "s", "v", "another"))


def test_every_flipped_byte_and_every_cut_is_noticed(store: FeatureStore) -> None:
    store.write(SPEC, "s", "v", entry(windows=1), "id")
    path = store.path(SPEC, "s", "v")
    good = path.read_bytes()
    rng = np.random.default_rng(0)
    spoiled = [good[:size] for size in (0, 5, 8, 100, len(good) // 2, len(good) - 1)]
    for position in (*rng.integers(0, len(good), 200).tolist(), len(good) - 1):
        bad = bytearray(good)
        bad[position] ^= 0x10
        spoiled.append(bytes(bad))
    for data in spoiled:
        path.write_bytes(data)
        with pytest.raises(CacheError) as caught:
            store.read(SPEC, "s", "v", "id")
        assert caught.value.path == path
    path.write_bytes(good)
    assert_equal(store.read(SPEC, "s", "v", "id"), entry(windows=1))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_not_written(store: FeatureStore, value: float) -> None:
    spoiled = entry()
    spoiled.arrays["windows"][1, 4, 2] = value
    with pytest.raises(ValueError, match=r"s/v: expected finite numbers.* in windows\[1\]"):
        store.write(SPEC, "s", "v", spoiled, "id")
    assert not store.path(SPEC, "s", "v").exists()


def test_frames_of_any_name_have_a_fingerprint(tmp_path: Path) -> None:
    odd = tmp_path / "\u5e27".encode("gbk").decode(errors="surrogateescape")
    odd.touch()
    assert fingerprint([odd]) != fingerprint([tmp_path / "gone.jpg"])


def test_flipped_numbers_are_damage(store: FeatureStore) -> None:
    store.write(SPEC, "s", "v", entry(), "id")
    path = store.path(SPEC, "s", "v")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1  # the numbers are at the end of the file
    path.write_bytes(bytes(data))
    with pytest.raises(CacheError, match="damaged"):
        store.read(SPEC, "s", "v")


def test_an_explanation_survives_damaged_neighbors(store: FeatureStore) -> None:
    store.write(SPEC, "s", "v", entry(), "id")
    store.path(SPEC, "s", "v").write_bytes(b"rubbish")
    assert "no such features" in str(store.explain(replace(SPEC, version=2), "s", "v", "id"))


def test_readers_and_writers_at_once_never_meet_half_a_file(store: FeatureStore) -> None:
    versions = [entry(seed) for seed in range(4)]
    store.write(SPEC, "s", "v", versions[0], "id")
    errors: list[BaseException] = []

    def write(stored: Entry) -> None:
        for _ in range(25):
            store.write(SPEC, "s", "v", stored, "id")

    def read() -> None:
        try:
            for _ in range(150):
                back = store.read(SPEC, "s", "v", "id").arrays["windows"]
                assert any(np.array_equal(back, v.arrays["windows"]) for v in versions)
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=write, args=(v,)) for v in versions]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [p.name for p in store.path(SPEC, "s", "v").parent.iterdir()] == ["v.safetensors"]


def test_fingerprint_notices_every_change(tmp_path: Path) -> None:
    a, b = tmp_path / "1.jpg", tmp_path / "2.jpg"
    a.write_bytes(b"one")
    b.write_bytes(b"two")
    base = fingerprint([a, b])
    assert fingerprint([a, b]) == base
    assert len({base, fingerprint([a]), fingerprint([b, a]), fingerprint([a, b, b])}) == 4
    times = b.stat()
    b.write_bytes(b"twoo")
    os.utime(b, ns=(times.st_atime_ns, times.st_mtime_ns))
    longer = fingerprint([a, b])
    b.write_bytes(b"two")
    os.utime(b, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    later = fingerprint([a, b])
    b.unlink()
    assert len({base, longer, later, fingerprint([a, b])}) == 4


def test_fingerprint_survives_a_move(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "1.jpg").write_bytes(b"one")
    before = fingerprint([old / "1.jpg"])
    old.rename(tmp_path / "new")
    assert fingerprint([tmp_path / "new" / "1.jpg"]) == before
