"""Extraction of several videos: the cache afterwards, whatever happens meanwhile."""

import errno
import logging
import multiprocessing as mp
import os
import shutil
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import cv2
import numpy as np
import pytest

from metst.base.errors import BackendError
from metst.base.executors import Processes, Serial
from metst.features.extract import Extraction, ExtractionError, VideoJob, extract_videos
from metst.features.roi_flow import NO_FACE, RoiFlow, iter_windows
from metst.features.store import FeatureStore
from metst.video import Frame, ImageFolder, numbered_frames
from metst.video.face import Landmarks
from tests.support.faces import FakeDetector, video
from tests.support.mean_grey import MeanGrey
from tests.support.roi_windows import extract_windows

K = 6
DETECTOR = FakeDetector()
FLOW = RoiFlow(K, detector=DETECTOR)
SPEC = FLOW.spec


def make_video(root: Path, name: str, seed: int, frames: int = 14) -> VideoJob:
    folder = root / "s1" / name
    folder.mkdir(parents=True)
    for number, frame in enumerate(video(seed, frames), start=1):
        assert cv2.imwrite(str(folder / f"{number}.jpg"), frame)
    return listed(folder)


def listed(folder: Path) -> VideoJob:
    found = numbered_frames(folder)
    return VideoJob("s1", folder.name, tuple(found), found.remarks)


def extract(jobs: list[VideoJob], store: FeatureStore, workers: int = 1) -> Extraction:
    return extract_videos(jobs, FLOW, store, Processes(workers))


def contents(store: FeatureStore) -> dict[str, bytes]:
    files = (p for p in store.folder.rglob("*.safetensors"))
    return {str(p.relative_to(store.folder)): p.read_bytes() for p in files}


@pytest.fixture
def jobs(tmp_path: Path) -> list[VideoJob]:
    return [make_video(tmp_path / "data", name, seed) for seed, name in enumerate("abc")]


@pytest.fixture
def store(tmp_path: Path) -> FeatureStore:
    return FeatureStore(tmp_path / "cache")


def test_features_are_those_of_the_frames(jobs: list[VideoJob], store: FeatureStore) -> None:
    result = extract(jobs, store)
    assert (result.extracted, result.cached, result.findings) == (3, 0, ())
    assert result.frames == 42
    for job in jobs:
        entry = store.read(SPEC, job.subject, job.video)
        frames = [cv2.imread(str(p), cv2.IMREAD_GRAYSCALE) for p in job.frames]
        clip = np.stack([f for f in frames if f is not None])
        expected = extract_windows(clip, K, detector=DETECTOR)
        assert entry.arrays["starts"].tolist() == [
            0,
            3,
            6,
            8,
        ]  # 14 frames: the last window ends at the end
        np.testing.assert_array_equal(entry.arrays["windows"][:3], expected)
        np.testing.assert_array_equal(
            entry.arrays["windows"][3], extract_windows(clip[8:], K, detector=DETECTOR)[0]
        )
        assert entry.arrays["references"].tolist() == [0, 3, 6, 8]
        assert entry.frames == 14


def test_a_second_extraction_does_nothing(jobs: list[VideoJob], store: FeatureStore) -> None:
    extract(jobs, store)
    before = contents(store)
    result = extract(jobs, store)
    assert (result.extracted, result.cached) == (0, 3)
    assert contents(store) == before


def test_workers_change_no_byte(jobs: list[VideoJob], store: FeatureStore, tmp_path: Path) -> None:
    other = FeatureStore(tmp_path / "other")
    extract(jobs, store)
    extract(jobs, other, workers=2)
    assert contents(store) == contents(other)


def test_only_what_is_missing_or_damaged_is_done_again(
    jobs: list[VideoJob], store: FeatureStore, caplog: pytest.LogCaptureFixture
) -> None:
    extract(jobs, store)
    whole = contents(store)
    store.path(SPEC, "s1", "a").unlink()
    damaged = store.path(SPEC, "s1", "b")
    damaged.write_bytes(damaged.read_bytes()[:-7])
    with caplog.at_level(logging.WARNING):
        result = extract(jobs, store)
    assert (result.extracted, result.cached) == (2, 1)
    assert contents(store) == whole
    assert "b.safetensors: is damaged" in caplog.text


def test_changed_frames_are_extracted_again(jobs: list[VideoJob], store: FeatureStore) -> None:
    extract(jobs, store)
    changed = jobs[1].frames[4]
    assert cv2.imwrite(str(changed), video(77, 1)[0])
    result = extract(jobs, store)
    assert (result.extracted, result.cached) == (1, 2)


def test_a_broken_image_is_one_finding(jobs: list[VideoJob], store: FeatureStore) -> None:
    jobs[0].frames[7].write_bytes(b"not a jpeg")
    result = extract(jobs, store)
    assert result.extracted == 3
    assert len(result.findings) == 1
    assert "8.jpg" in str(result.findings[0])
    assert result.findings[0].code == "bad-image"
    assert not result.failed
    frames = [cv2.imread(str(p), cv2.IMREAD_GRAYSCALE) for p in jobs[0].frames]
    frames[7] = frames[6]
    clip = np.stack([f for f in frames if f is not None])
    entry = store.read(SPEC, "s1", "a")
    np.testing.assert_array_equal(
        entry.arrays["windows"][:3], extract_windows(clip, K, detector=DETECTOR)
    )
    assert extract(jobs, store).findings == result.findings  # reported again from the cache


def test_images_that_are_set_aside_are_findings_and_change_no_byte(
    jobs: list[VideoJob], store: FeatureStore
) -> None:
    extract(jobs, store)
    before = contents(store)
    folder = jobs[0].frames[0].parent
    for name in ("7 (1).jpg", "99999999.jpg", "0003.jpg"):
        (folder / name).write_bytes(b"no frame")
    for _ in range(2):  # also where the features are in the cache
        result = extract([listed(folder), *jobs[1:]], store)
        assert (result.extracted, result.cached) == (0, 3)
        assert [f.code for f in result.findings] == ["odd-name", "odd-name", "same-number"]
        assert {(f.subject, f.video) for f in result.findings} == {("s1", "a")}
    assert contents(store) == before


def test_flow_that_is_not_finite_is_left_out_by_name(
    jobs: list[VideoJob], store: FeatureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = iter_windows

    def spoiled(source: ImageFolder, *args: object, **options: object) -> object:
        for window in windows(source, *args, **options):  # type: ignore[arg-type]
            if source.path.name == "b" and window.start == 3:
                window.features[0, 0] = np.nan
            yield window

    monkeypatch.setattr("metst.features.roi_flow.feature.iter_windows", spoiled)
    result = extract_videos(jobs, FLOW, store, Serial())
    assert result.extracted == 2
    (failed,) = result.failed
    assert failed.video == "b"
    assert "expected finite roi_flow, measured NaN or infinity in windows[1]" in failed.message


def blacken(job: VideoJob, frames: range) -> None:
    for index in frames:
        assert cv2.imwrite(str(job.frames[index]), np.zeros((240, 240), np.uint8))


def test_a_video_without_a_face_is_excluded_by_name(
    jobs: list[VideoJob], store: FeatureStore
) -> None:
    blacken(jobs[1], range(14))
    result = extract(jobs, store)
    assert result.extracted == 2
    assert [f.video for f in result.failed] == ["b"]
    assert "no face found in 14 frames" in str(result.failed[0])
    assert store.explain(SPEC, "s1", "b") is not None
    assert store.explain(SPEC, "s1", "c") is None


def test_a_video_that_lost_its_face_loses_its_features(
    jobs: list[VideoJob], store: FeatureStore
) -> None:
    extract(jobs, store)
    blacken(jobs[1], range(14))
    assert [f.video for f in extract(jobs, store).failed] == ["b"]
    assert not store.path(SPEC, "s1", "b").exists()


def test_windows_without_a_face_are_recorded(jobs: list[VideoJob], store: FeatureStore) -> None:
    blacken(jobs[0], range(3, 7))
    result = extract(jobs, store)
    entry = store.read(SPEC, "s1", "a")
    assert entry.arrays["references"].tolist() == [0, 0, 0, 8]  # 3 steps back from 3 and from 6
    assert len(result.findings) == 1
    assert "2 of 4 windows (4.jpg, 7.jpg)" in str(result.findings[0])


def test_windows_that_never_find_a_face_are_zero(jobs: list[VideoJob], store: FeatureStore) -> None:
    blacken(jobs[0], range(9))
    blacken(jobs[0], range(12, 13))
    result = extract(jobs[:1], store)
    entry = store.read(SPEC, "s1", "a")
    assert entry.arrays["references"].tolist() == [9, 9, 9, 11]
    blacken(jobs[0], range(9, 10))
    result = extract(jobs[:1], store)
    entry = store.read(SPEC, "s1", "a")
    assert entry.arrays["references"].tolist() == [NO_FACE, NO_FACE, NO_FACE, 11]
    assert (entry.arrays["windows"][:3] == 0).all()
    assert (entry.arrays["windows"][3] != 0).any()
    assert any("flow is zero" in str(f) for f in result.findings)


def test_a_video_shorter_than_a_window(tmp_path: Path, store: FeatureStore) -> None:
    job = make_video(tmp_path, "short", 0, frames=K - 1)
    result = extract([job], store)
    assert store.read(SPEC, "s1", "short").arrays["windows"].shape == (0, 10, K)
    assert "fewer than one window" in str(result.findings[0])


def test_other_features_live_beside(jobs: list[VideoJob], store: FeatureStore) -> None:
    extract(jobs[:1], store)
    longer = RoiFlow(8, detector=DETECTOR)
    result = extract_videos(jobs[:1], longer, store, Serial())
    assert (result.extracted, result.cached) == (1, 0)
    assert store.read(longer.spec, "s1", "a").arrays["windows"].shape[2] == 8
    assert store.read(SPEC, "s1", "a").arrays["windows"].shape[2] == K


class SlowDetector(FakeDetector):
    """Leaves time to interrupt an extraction."""

    def detect(self, grey: Frame) -> Landmarks | None:
        time.sleep(0.02)
        return super().detect(grey)


def extract_slowly(jobs: list[VideoJob], store: FeatureStore) -> None:
    extract_videos(jobs, RoiFlow(K, detector=SlowDetector()), store, Serial())


def start(jobs: list[VideoJob], store: FeatureStore) -> BaseProcess:
    process = mp.get_context("spawn").Process(target=extract_slowly, args=(jobs, store))
    process.start()
    return process


def test_killed_and_restarted_gives_the_same_bytes(
    jobs: list[VideoJob], store: FeatureStore, tmp_path: Path
) -> None:
    undisturbed = FeatureStore(tmp_path / "undisturbed")
    extract(jobs, undisturbed)
    process = start(jobs, store)
    deadline = time.monotonic() + 60
    while not store.path(SPEC, "s1", "a").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert store.path(SPEC, "s1", "a").exists()
    assert not store.path(SPEC, "s1", "c").exists()
    result = extract(jobs, store)
    assert result.cached >= 1
    assert result.cached + result.extracted == 3
    assert contents(store) == contents(undisturbed)


@pytest.mark.slow
def test_two_extractions_at_once_do_not_harm_each_other(
    jobs: list[VideoJob], store: FeatureStore, tmp_path: Path
) -> None:
    undisturbed = FeatureStore(tmp_path / "undisturbed")
    extract(jobs, undisturbed)
    processes = [start(jobs, store), start(jobs[::-1], store)]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert contents(store) == contents(undisturbed)


def test_a_full_disk_stops_and_keeps_what_is_done(
    jobs: list[VideoJob], store: FeatureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract(jobs[:1], store)

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("metst.features.store.write_atomic", full)
    with pytest.raises(ExtractionError, match=r"stopped at s1/b.*No space left.*Finished videos"):
        extract(jobs, store)
    assert store.explain(SPEC, "s1", "a") is None


class BrokenDetector(FakeDetector):
    """Fails as an incomplete installation does."""

    def detect(self, grey: Frame) -> Landmarks | None:
        msg = f"needs the model for {grey.shape}"
        raise BackendError(msg)


def test_a_missing_detector_is_no_fault_of_the_videos(
    jobs: list[VideoJob], store: FeatureStore
) -> None:
    with pytest.raises(ExtractionError, match="stopped at s1/a: needs the model"):
        extract_videos(jobs, RoiFlow(K, detector=BrokenDetector()), store, Serial())


def test_a_video_without_readable_images_is_excluded(
    jobs: list[VideoJob], store: FeatureStore
) -> None:
    for path in jobs[2].frames:
        path.unlink()
    result = extract(jobs, store)
    assert result.extracted == 2
    assert [f.video for f in result.failed] == ["c"]
    assert "none of its 14 images can be read" in str(result.failed[0])


def test_any_feature_can_be_extracted(jobs: list[VideoJob], store: FeatureStore) -> None:
    jobs[0].frames[7].write_bytes(b"not a jpeg")
    for path in jobs[1].frames:
        path.unlink()
    result = extract_videos(jobs, MeanGrey(), store, Processes(2))
    assert (result.extracted, [f.video for f in result.failed]) == (2, ["b"])
    assert [f.code for f in result.findings] == ["bad-image", "no-features"]
    entry = store.read(MeanGrey.spec, "s1", "c")
    expected = [ImageFolder(jobs[2].frames).read(index).mean() for index in range(14)]
    np.testing.assert_array_equal(entry.arrays["means"], expected)
    assert store.videos(MeanGrey.spec) == [("s1", "a"), ("s1", "c")]
    assert extract_videos(jobs, MeanGrey(), store).cached == 2


def test_a_copy_with_other_times_is_not_measured_again(
    tmp_path: Path, store: FeatureStore, jobs: list[VideoJob], caplog: pytest.LogCaptureFixture
) -> None:
    extract(jobs, store)
    shutil.copytree(tmp_path / "data", tmp_path / "copy", copy_function=shutil.copyfile)
    copied = [listed(tmp_path / "copy" / "s1" / job.video) for job in jobs]
    numbers = [store.checksum(SPEC, job.subject, job.video) for job in jobs]
    for compared in (True, False):  # once; then the new times are known
        caplog.clear()
        with caplog.at_level(logging.INFO):
            assert (extract(copied, store).extracted, len(copied)) == (0, 3)
        assert ("comparing images" in caplog.text) == compared
    assert [store.checksum(SPEC, job.subject, job.video) for job in jobs] == numbers


def test_other_pixels_of_the_same_size_are_measured_again(
    store: FeatureStore, jobs: list[VideoJob]
) -> None:
    extract(jobs, store)
    first, second = jobs[1].frames[3:5]
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b), second.write_bytes(a)
    result = extract(jobs, store)
    assert (result.extracted, result.cached) == (1, 2)
