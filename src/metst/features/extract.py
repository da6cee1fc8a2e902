"""Filling the store: features of many videos, in parallel, resumable, one failure at a time."""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2

from metst.base.errors import CacheError, MetstError, VideoError
from metst.base.executors import Executor, Mark, Serial, marked
from metst.base.progress import progress
from metst.datasets.labels.findings import Finding
from metst.features.feature import Feature
from metst.features.store import Entry, FeatureStore, content, fingerprint, not_finite
from metst.video import Remark

_log = logging.getLogger(__name__)

NO_FEATURES = "no-features"
"""Code of the finding that a video could not be measured."""


class ExtractionError(MetstError):
    """Extraction stopped for a reason that is no video's own: disk, installation, memory, a bug."""


@dataclass(frozen=True)
class VideoJob:
    """One video to extract.

    Attributes:
        frames: image file of each sub-sampled frame, in order.
        remarks: what was odd when its folder was listed; reported with what is found in it.
    """

    subject: str
    video: str
    frames: tuple[Path, ...]
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Extraction:
    """What an extraction did.

    Attributes:
        extracted: videos measured now.
        cached: videos that had features already.
        findings: of all videos, those with features included.
        frames: frames measured now.
        seconds: time it took.
    """

    extracted: int
    cached: int
    findings: tuple[Finding, ...]
    frames: int
    seconds: float

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Videos without features, and why."""
        return tuple(finding for finding in self.findings if finding.code == NO_FEATURES)


@dataclass(frozen=True)
class _Measured:
    """What a worker returns of a video.

    Attributes:
        remarks: what was wrong with it.
        unkept: its features and the identities of its frames, where the worker sees another store.
    """

    remarks: tuple[Remark, ...]
    unkept: tuple[Entry, str, str] | None = None


def extract_videos(
    jobs: Sequence[VideoJob],
    feature: Feature,
    store: FeatureStore,
    executor: Executor | None = None,
) -> Extraction:
    """Put the features of every video into the store.

    Videos whose entry is valid are left alone; each finished video is kept, so an interrupted
    extraction goes on where it stopped. A video that cannot be measured (no face, no image that can
    be read) does not stop the others.

    Args:
        jobs: the videos.
        feature: what is measured.
        store: where the features go.
        executor: runs the videos; default: one after the other, in this process.

    Raises:
        ExtractionError: for a reason that is no video's own, such as a full disk.
    """
    name, start = feature.spec.name, time.monotonic()
    findings, missing = _look_up(jobs, feature, store)
    if missing:
        _log.info("extracting %s of %d of %d videos", name, len(missing), len(jobs))
    executor = executor or Serial()
    extract = partial(_extract, feature=feature, store=store)
    total = _frames(missing)
    extracted = frames = 0
    with marked(store.folder, executor) as mark, progress(name, total, "frames") as advance:
        for outcome in executor.run(partial(extract, mark=mark), missing):
            job, measured = outcome.job, outcome.result
            if measured is None:
                msg = (
                    f"stopped at {job.subject}/{job.video}: {outcome.error}. "
                    "Finished videos are kept; run again to go on"
                )
                raise ExtractionError(msg)
            advance(len(job.frames))
            findings[job] = _findings(job, measured.remarks)
            if _keep(job, measured, feature, store):
                extracted, frames = extracted + 1, frames + len(job.frames)
    found = tuple(finding for job in jobs for finding in findings[job])
    seconds = time.monotonic() - start
    result = Extraction(extracted, len(jobs) - len(missing), found, frames, seconds)
    _report(name, result)
    return result


def _look_up(
    jobs: Sequence[VideoJob], feature: Feature, store: FeatureStore
) -> tuple[dict[VideoJob, list[Finding]], list[VideoJob]]:
    """Findings of the videos that have a valid entry, and the videos that have none."""
    findings: dict[VideoJob, list[Finding]] = {}
    refused: dict[VideoJob, CacheError] = {}
    for job in jobs:
        try:
            findings[job] = _stored(job, feature, store)
        except CacheError as error:
            refused[job] = error
    there = [job for job in refused if store.path(feature.spec, job.subject, job.video).exists()]
    for job in _same_bytes(there, feature, store):
        findings[job] = _stored(job, feature, store)
        del refused[job]
    for job, why in refused.items():
        _log.log(logging.WARNING if job in there else logging.DEBUG, "%s", why)
    return findings, list(refused)


def _stored(job: VideoJob, feature: Feature, store: FeatureStore) -> list[Finding]:
    """Findings of a video that has a valid entry; `CacheError` where it has none."""
    entry = store.read(feature.spec, job.subject, job.video, fingerprint(job.frames))
    return _findings(job, entry.findings)


def _same_bytes(
    jobs: Sequence[VideoJob], feature: Feature, store: FeatureStore
) -> Iterator[VideoJob]:
    """The videos whose entry is of the same images, copied or touched since."""
    if not jobs:
        return
    with progress("comparing images with those measured", _frames(jobs), "frames") as advance:
        for job in jobs:
            if store.renew(feature.spec, job.subject, job.video, job.frames):
                yield job
            advance(len(job.frames))


def _frames(jobs: Iterable[VideoJob]) -> int:
    return sum(len(job.frames) for job in jobs)


def _extract(job: VideoJob, *, feature: Feature, store: FeatureStore, mark: Mark) -> _Measured:
    """Measure one video and store its features, in whatever process."""
    cv2.setNumThreads(1)  # OpenCV's threads do not help on patches this small
    # Before reading: a frame that changes meanwhile shows.
    frames = fingerprint(job.frames), content(job.frames)
    try:
        entry = feature.measure(job.frames)
    except VideoError as error:
        return _Measured(((NO_FEATURES, str(error)),))
    if (wrong := not_finite(entry.arrays)) is not None:
        message = f"expected finite {feature.spec.name}, measured NaN or infinity in {wrong}"
        return _Measured(((NO_FEATURES, message),))
    if not mark.seen():
        return _Measured(entry.findings, (entry, *frames))
    store.write(feature.spec, job.subject, job.video, entry, *frames)
    return _Measured(entry.findings)


def _keep(job: VideoJob, measured: _Measured, feature: Feature, store: FeatureStore) -> bool:
    """Make the store what a video's worker could not; returns whether the video has features."""
    if any(code == NO_FEATURES for code, _ in measured.remarks):
        store.forget(feature.spec, job.subject, job.video)  # features of frames that are gone
        return False
    if measured.unkept is not None:
        _log.debug("%s/%s: by value; its worker does not see the store", job.subject, job.video)
        store.write(feature.spec, job.subject, job.video, *measured.unkept)
    return True


def _findings(job: VideoJob, measured: Sequence[Remark]) -> list[Finding]:
    remarks = (*job.remarks, *measured)
    return [Finding(code, text, subject=job.subject, video=job.video) for code, text in remarks]


def _report(name: str, result: Extraction) -> None:
    for finding in result.findings:
        _log.warning("%s", finding)
    if result.extracted:
        _log.info(
            "%s: %d videos, %d frames in %.1f s (%.0f frames/s); %d videos had features already",
            name,
            result.extracted,
            result.frames,
            result.seconds,
            result.frames / max(result.seconds, 1e-9),
            result.cached,
        )
