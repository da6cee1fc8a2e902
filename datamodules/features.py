"""What a data set is and where its flow comes from: videos, the cache, or the authors' release.

A data set is a subclass of `LOSODataModule` that knows the facts declared here (`casme3.py` is an
example): where its videos and tables lie and how its frames are counted.
"""

import difflib
import hashlib
import logging
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from lightning.pytorch import LightningDataModule

from metst.base.errors import ConfigError, DataError, LabelError, VideoError
from metst.base.executors import Executor
from metst.base.names import natural_key
from metst.datasets.check import DataSet, label_findings
from metst.datasets.check.names import name_findings
from metst.datasets.check.rows import name_fault
from metst.datasets.check.suppress import keep_wanted
from metst.datasets.labels import EMOTIONS, Recording, Timebase
from metst.datasets.labels import authors as authors_rules
from metst.datasets.labels.annotations import Annotations, VideoKey, subject_key
from metst.datasets.labels.findings import Finding, Severity
from metst.features.cache import FlowCache, FlowSpec, fingerprint
from metst.features.extract import NO_FEATURES, VideoJob, extract_videos
from metst.features.released import import_features, released_spec
from metst.features.roi_flow import flow_spec
from metst.video import FrameList, images_only
from metst.video.face import LandmarkDetector

_log = logging.getLogger(__name__)

Features = Literal["auto", "extracted", "released"]
"""Flow extracted here, flow that the authors released, or whichever of the two is there."""


class FeatureDataModule(LightningDataModule):
    """Recordings of one data set with their flow in the cache.

    Args:
        root: folder of the data set.
        cache: folder of the flow caches, one folder per data set inside.
        k: frames per window.
        features: which flow is read. `auto` takes what was extracted here; where neither the videos
            nor flow from them are there, it takes the authors' released features.
        suppress: findings that somebody has seen and accepts, see `metst.datasets.check.check`.
        without: subjects that are taken for absent, as if their folders and label rows were not
            there: to choose settings inside the training subjects of a fold.
    """

    name: str
    """Name of the data set in commands, caches and messages."""

    timebase: Timebase

    emotions: tuple[str, ...] = EMOTIONS
    analyzed: tuple[str, ...] = EMOTIONS
    """Emotions whose recognition is averaged in the data set's published scores."""

    how_to_get: str
    """How to come by the data: text for the error when it is missing."""

    facts: DataSet | None = None
    """What `metst check` knows of a published data set; no subclass takes it over."""

    detector: LandmarkDetector | None = None
    """Finds the faces; None stands for dlib's detector."""

    def __init__(
        self,
        root: Path,
        cache: Path,
        k: int,
        features: Features = "auto",
        suppress: list[str] | None = None,
        without: list[str] | None = None,
    ) -> None:
        super().__init__()
        self.root = root
        self.cache = FlowCache(cache / self.name)
        self.k = k
        self.features = features
        self.suppress = suppress
        self.without = without or []

    # Facts of a data set

    @property
    @abstractmethod
    def videos_folder(self) -> Path:
        """Folder that holds the videos."""

    @abstractmethod
    def videos(self) -> Sequence[VideoKey]:
        """Subject and folder name of each video, in any order."""

    @abstractmethod
    def frames(self, subject: str, video: str) -> list[Path]:
        """Image file of each sub-sampled frame of a video; `VideoError` where there is none.

        `metst.video.numbered_frames` and `nth_frames` list a folder of images.
        """

    @abstractmethod
    def annotations(self) -> Annotations:
        """What the label tables contain."""

    # What the runner and the commands ask for

    def locate(self) -> None:
        """Look for the videos or their flow.

        Raises:
            DataError: neither is there.
            ConfigError: `without` names subjects that are not there.
        """
        if not (self._has_videos or self._stored):
            raise self._missing()
        self._check_without(self._found)
        if not self._has_videos:
            _log.info(
                "%s: %s flow of %d videos from the cache; the videos are not looked at",
                *(self.name, "the authors'" if self._released else "extracted", len(self._stored)),
            )

    def extract(self, executor: Executor) -> tuple[str, ...]:
        """Fill the flow cache with what is missing from it; nothing to do without videos.

        Returns:
            Messages about damage: images that were replaced by a neighbor, videos that are left
            out. Findings in `suppress` are not reported again.

        Raises:
            DataError: no video at all could be measured.
        """
        if not self._has_videos:
            return ()
        jobs, nameless = self._jobs()
        done = extract_videos(jobs, self._spec, self.cache, executor, self.detector)
        for left_out in nameless:  # features of an earlier extraction, of other names
            self.cache.forget(self._spec, str(left_out.subject), str(left_out.video))
        failed = [*nameless, *done.failed]
        if len(failed) == len(self._keys):
            first = f": {failed[0]}" if failed else ""
            msg = f"none of {len(self._keys)} videos could be measured{first}"
            raise DataError(self.videos_folder, msg)
        findings = keep_wanted([*nameless, *done.findings], self.suppress or ())
        return tuple(str(f) for f in findings if f.severity is Severity.ERROR)

    def explain(self) -> dict[VideoKey, str | None]:
        """Why each video would be extracted, as text; None for those that are in the cache."""
        if not self._has_videos:
            return dict.fromkeys(self._stored)
        return {
            (job.subject, job.video): self.cache.explain(
                self._spec, job.subject, job.video, fingerprint(job.frames)
            )
            for job in self._jobs()[0]
        }

    def import_release(self, path: Path, without: Sequence[str] = ()) -> int:
        """Put the authors' released features into the cache; returns the number of videos.

        Args:
            path: folder of the pickles, or a single one.
            without: videos that the tables name and the release lacks, as `SUBJECT/VIDEO`.

        Raises:
            ReleaseError: the features do not fit the label tables.
            ConfigError: `without` names a video that the tables do not have.
        """
        videos = {f"{r.subject}/{r.video}": r for r in self._released_recordings()}
        for name in without:
            if videos.pop(name, None) is None:
                msg = f"without: expected a video with micro-expressions, got {name!r}"
                raise ConfigError(msg)
        count = import_features(path, tuple(videos.values()), self.k, self.cache)
        spec = released_spec(self.k)
        imported = {(r.subject, r.video) for r in videos.values()}
        for subject, video in set(self._in_cache(spec)) - imported:
            self.cache.forget(spec, subject, video)  # of an earlier import, by other label tables
        return count

    def read(self, recording: Recording) -> Any:
        """Features of a recording."""
        return self.cache.read(self._spec, recording.subject, recording.video)

    def recordings(self) -> tuple[Recording, ...]:
        """Every recording with flow, in fold and video order."""
        return self._recordings

    def label_errors(self) -> tuple[Finding, ...]:
        """Errors in the labels of micro-expressions; findings in `suppress` are left out."""
        findings = label_findings(self._annotations, self._keys, self._recordings, self.timebase)
        absent = {subject_key(name) for name in self.without}
        return tuple(
            f
            for f in keep_wanted(findings, self.suppress or ())
            if f.severity is Severity.ERROR and subject_key(f.subject or "") not in absent
        )

    def subjects(self) -> tuple[str, ...]:
        """The folds: subjects in natural order."""
        return tuple(dict.fromkeys(r.subject for r in self._recordings))

    def identity(self) -> dict[str, str]:
        """Digests of everything that results follow from: flow and annotations of each video."""
        return {
            f"{part} of {r.subject}/{r.video}": digest
            for r in self._recordings
            for part, digest in (
                ("flow", self.cache.checksum(self._spec, r.subject, r.video)),
                ("labels", hashlib.sha256(repr(r).encode()).hexdigest()),
            )
        }

    # How it is done

    @cached_property
    def _spec(self) -> FlowSpec:
        """The flow that is read."""
        return released_spec(self.k) if self._released else self._extracted_spec

    @cached_property
    def _released(self) -> bool:
        if self.features != "auto" or self.videos_folder.is_dir():
            return self.features == "released"
        return not self._in_cache(self._extracted_spec)

    @property
    def _extracted_spec(self) -> FlowSpec:
        return flow_spec(self.k, self.detector)

    @property
    def _has_videos(self) -> bool:
        """Whether flow is made from videos."""
        return not self._released and self.videos_folder.is_dir()

    @cached_property
    def _keys(self) -> tuple[VideoKey, ...]:
        """Every video, in the order of folds and windows."""
        keys = self._found
        for finding in name_findings(keys):
            if finding.severity is Severity.ERROR:
                raise DataError(self.videos_folder, str(finding))
            for unwanted in keep_wanted([finding], self.suppress or ()):
                _log.warning("%s", unwanted)
        self._check_without(keys)
        return tuple(key for key in keys if key[0] not in self.without)

    @property
    def _found(self) -> tuple[VideoKey, ...]:
        """Every video that is there, also of subjects that are taken for absent."""
        return in_order(self.videos()) if self._has_videos else self._stored

    def _check_without(self, keys: Sequence[VideoKey]) -> None:
        there = list(dict.fromkeys(subject for subject, _ in keys))
        for name in self.without:
            if name not in there:
                near = " or ".join(difflib.get_close_matches(name, there)) or ", ".join(there)
                msg = f"data.without: no subject {name!r} in {self.name}; there is {near}"
                raise ConfigError(msg)
        if self.without and len(set(there) - set(self.without)) < 2:
            msg = f"data.without: of {len(there)} subjects, two have to stay"
            raise ConfigError(msg)

    @property
    def _stored(self) -> tuple[VideoKey, ...]:
        """Videos whose flow is in the cache."""
        return self._in_cache(self._spec)

    def _in_cache(self, spec: FlowSpec) -> tuple[VideoKey, ...]:
        files = (self.cache.folder / spec.key).glob("*/*.safetensors")
        return in_order((file.parent.name, file.stem) for file in files)

    @cached_property
    def _annotations(self) -> Annotations:
        return self.annotations()

    @cached_property
    def _recordings(self) -> tuple[Recording, ...]:
        expressions = self._annotations.by_video(self._keys)
        stored = set(self._stored)
        # The cache knows the number of frames: no fold lists a million images again.
        return tuple(
            Recording(s, v, self.cache.frames(self._spec, s, v), self.timebase, expressions[s, v])
            for s, v in self._keys
            if (s, v) in stored
        )

    def _jobs(self) -> tuple[list[VideoJob], list[Finding]]:
        """Videos to extract, and those without usable image names."""
        jobs: list[VideoJob] = []
        nameless: list[Finding] = []
        for subject, video in self._keys:
            try:
                frames = self.frames(subject, video)
                remarks = frames.remarks if isinstance(frames, FrameList) else ()
                jobs.append(VideoJob(subject, video, images_only(frames), remarks))
            except VideoError as error:
                nameless.append(Finding(NO_FEATURES, str(error), subject=subject, video=video))
        return jobs, nameless

    def _released_recordings(self) -> list[Recording]:
        """Videos that the release holds, in its order: those with samples by the authors' rules."""
        annotations = self._annotations
        for e in annotations.of_kind("micro"):
            if fault := name_fault(e):  # the names become folders of the cache
                raise LabelError(annotations.files.get("micro", self.root), f"row {e.row}: {fault}")
        tables = {(e.subject, e.video) for e in annotations.of_kind("micro")}
        keys = in_order(self.videos() if self.videos_folder.is_dir() else tables)
        return authors_rules.kept(
            Recording(s, v, 0, self.timebase, expressions)
            for (s, v), expressions in annotations.by_video(keys).items()
        )

    def _missing(self) -> DataError:
        if self.features == "released":
            msg = (
                f"the authors' released features of {self.name} (k = {self.k}) are expected in "
                "this cache and are missing; import them: metst extract --config "
                f"experiments/{self.name}.yaml --from-release DIR"
            )
            return DataError(self.cache.folder, msg)
        msg = f"{self.name} is expected here and is missing. {self.how_to_get}"
        return DataError(self.videos_folder, msg)


def in_order(videos: Iterable[VideoKey]) -> tuple[VideoKey, ...]:
    """Videos by subject, then by name, both in natural order: the order of the release, too."""
    return tuple(sorted(videos, key=lambda key: [natural_key(name) for name in key]))
