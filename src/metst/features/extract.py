"""Filling the cache: ROI flow of many videos, in parallel, resumable, one failure at a time."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from metst.base.errors import CacheError, MetstError, VideoError
from metst.base.executors import Executor, Mark, Serial, marked
from metst.base.progress import progress
from metst.datasets.labels.findings import Finding
from metst.features.cache import NO_FACE, Entry, FlowCache, FlowSpec, fingerprint, not_finite
from metst.features.roi_flow import (
    ME_TST_ROIS,
    Window,
    check_faces,
    flow_spec,
    iter_windows,
    stack,
)
from metst.features.windows import window_starts
from metst.video import ImageFolder, Remark, RepairedFrames
from metst.video.face import DlibDetector, LandmarkDetector

_log = logging.getLogger(__name__)

NO_FEATURES = "no-features"
"""Code of the finding that a video could not be measured."""

NAMES_SHOWN = 5
"""Most file names that a finding spells out."""


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
        cached: videos that were in the cache already.
        findings: of all videos, those in the cache included.
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
        unkept: its features and the identity of its frames, where the worker sees another cache.
    """

    remarks: tuple[Remark, ...]
    unkept: tuple[Entry, str] | None = None


def extract_videos(
    jobs: Sequence[VideoJob],
    spec: FlowSpec,
    cache: FlowCache,
    executor: Executor | None = None,
    detector: LandmarkDetector | None = None,
) -> Extraction:
    """Put the flow windows of every video into the cache, the tail window included.

    Videos whose entry is valid are left alone; each finished video is kept, so an interrupted
    extraction goes on where it stopped. A video that cannot be measured (no face, no image that can
    be read) does not stop the others.

    Args:
        jobs: the videos.
        spec: `metst.features.roi_flow.flow_spec` of the same detector.
        cache: where the features go.
        executor: runs the videos; default: one after the other, in this process.
        detector: finds the faces; default dlib.

    Raises:
        ExtractionError: for a reason that is no video's own, such as a full disk.
        ValueError: `spec` names other features than would be measured.
    """
    detector = detector or DlibDetector()
    if spec != flow_spec(spec.k, detector):
        msg = f"expected the specification of ROI flow found with {detector.name}, found {spec}"
        raise ValueError(msg)
    start = time.monotonic()
    findings, missing = _look_up(jobs, spec, cache)
    if missing:
        _log.info("extracting ROI flow of %d of %d videos", len(missing), len(jobs))
    executor = executor or Serial()
    extract = partial(_extract, spec=spec, cache=cache, detector=detector)
    total = sum(len(job.frames) for job in missing)
    extracted = frames = 0
    with marked(cache.folder, executor) as mark, progress("ROI flow", total, "frames") as advance:
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
            if _keep(job, measured, spec, cache):
                extracted, frames = extracted + 1, frames + len(job.frames)
    found = tuple(finding for job in jobs for finding in findings[job])
    result = Extraction(
        extracted, len(jobs) - len(missing), found, frames, time.monotonic() - start
    )
    _report(result)
    return result


def _look_up(
    jobs: Sequence[VideoJob], spec: FlowSpec, cache: FlowCache
) -> tuple[dict[VideoJob, list[Finding]], list[VideoJob]]:
    """Findings of the videos that have a valid entry, and the videos that have none."""
    findings: dict[VideoJob, list[Finding]] = {}
    missing: list[VideoJob] = []
    for job in jobs:
        try:
            entry = cache.read(spec, job.subject, job.video, fingerprint(job.frames))
        except CacheError as error:
            missing.append(job)
            absent = not cache.path(spec, job.subject, job.video).exists()
            _log.log(logging.DEBUG if absent else logging.WARNING, "%s", error)
        else:
            findings[job] = _findings(job, entry.findings)
    return findings, missing


def _extract(
    job: VideoJob,
    *,
    spec: FlowSpec,
    cache: FlowCache,
    detector: LandmarkDetector,
    mark: Mark,
) -> _Measured:
    """Measure one video and cache it, in whatever process."""
    try:
        entry, frames_id = _measure(job, spec.k, detector)
    except VideoError as error:
        return _Measured(((NO_FEATURES, str(error)),))
    if not mark.seen():
        return _Measured(entry.findings, (entry, frames_id))
    cache.write(spec, job.subject, job.video, entry, frames_id)
    return _Measured(entry.findings)


def _keep(job: VideoJob, measured: _Measured, spec: FlowSpec, cache: FlowCache) -> bool:
    """Make the cache what a video's worker could not; returns whether the video has features."""
    if any(code == NO_FEATURES for code, _ in measured.remarks):
        cache.forget(spec, job.subject, job.video)  # features of frames that are gone
        return False
    if measured.unkept is not None:
        _log.debug("%s/%s: by value; its worker does not see the cache", job.subject, job.video)
        cache.write(spec, job.subject, job.video, *measured.unkept)
    return True


def _measure(job: VideoJob, k: int, detector: LandmarkDetector) -> tuple[Entry, str]:
    """Features of one video, and the identity of its frames."""
    cv2.setNumThreads(1)  # OpenCV's threads do not help on patches this small
    frames_id = fingerprint(job.frames)  # before reading: a frame that changes meanwhile shows
    source = RepairedFrames(ImageFolder(job.frames))
    starts = window_starts(len(source), k, tail=True)  # (W,)
    windows = list(iter_windows(source, starts, k, detector))
    check_faces(source, windows)
    features = stack([w.features for w in windows], ME_TST_ROIS, k)  # (W, C, k)
    if (wrong := not_finite(features)) is not None:
        msg = (
            f"its flow is not finite in the window that begins at {job.frames[starts[wrong]].name}"
        )
        raise VideoError(source.path, msg)
    references = [NO_FACE if w.reference is None else w.reference for w in windows]
    boxes = [w.face.box if w.face else (0, 0, 0, 0) for w in windows]
    entry = Entry(
        windows=features,
        starts=starts,
        references=np.array(references, np.int64),  # (W,)
        boxes=np.array(boxes, np.int64).reshape(-1, 4),  # (W, 4)
        frames=len(source),
        findings=(*_broken(source), *_faceless(job, windows), *_short(job, k)),
    )
    return entry, frames_id


def _broken(source: RepairedFrames) -> list[Remark]:
    """One message per broken image; an image may stand for several frames."""
    reasons = dict.fromkeys(source.broken[index] for index in sorted(source.broken))
    instead = "the nearest good frame before it is used instead"
    return [("bad-image", f"{reason}; {instead}") for reason in reasons]


def _faceless(job: VideoJob, windows: Sequence[Window]) -> list[Remark]:
    """Windows that begin without a face."""
    elsewhere = [w.start for w in windows if w.reference not in (w.start, None)]
    nowhere = [w.start for w in windows if w.reference is None]
    messages = {"the nearest frame with a face is used": elsewhere, "their flow is zero": nowhere}
    return [
        (
            "no-face",
            f"no face in the first frame of {len(starts)} of {len(windows)} windows "
            f"({_names(job, starts)}); {consequence}",
        )
        for consequence, starts in messages.items()
        if starts
    ]


def _names(job: VideoJob, frames: Sequence[int]) -> str:
    """Some of the image names of frames, which carry the data set's own numbers."""
    names = [job.frames[frame].name for frame in frames[:NAMES_SHOWN]]
    return ", ".join(names) + (", ..." if len(frames) > NAMES_SHOWN else "")


def _short(job: VideoJob, k: int) -> list[Remark]:
    if len(job.frames) >= k:
        return []
    few = f"has {len(job.frames)} frames, fewer than one window of {k}; nothing is spotted in it"
    return [("short-video", few)]


def _findings(job: VideoJob, measured: Sequence[Remark]) -> list[Finding]:
    remarks = (*job.remarks, *measured)
    return [Finding(code, text, subject=job.subject, video=job.video) for code, text in remarks]


def _report(result: Extraction) -> None:
    for finding in result.findings:
        _log.warning("%s", finding)
    if result.extracted:
        _log.info(
            "ROI flow: %d videos, %d frames in %.1f s (%.0f frames/s); %d videos were cached",
            result.extracted,
            result.frames,
            result.seconds,
            result.frames / max(result.seconds, 1e-9),
            result.cached,
        )
